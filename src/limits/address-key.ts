import ipaddr from 'ipaddr.js'

/** What limits know a source by: an IPv4 address, or the /64 of an IPv6 one, since whoever has one of its addresses has all of them. */
export function addressKey(ip: string): string {
  if (!ip.includes(':') || !ipaddr.IPv6.isValid(ip)) return ip
  const { parts } = ipaddr.IPv6.parse(ip)
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}
