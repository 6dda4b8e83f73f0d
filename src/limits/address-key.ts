import ipaddr from 'ipaddr.js'

/** The key of a source in limits: its IPv4 address, or the /64 of its IPv6 address, since whoever has one address of a /64 has all. */
export function addressKey(ip: string): string {
  if (!ip.includes(':') || !ipaddr.IPv6.isValid(ip)) return ip
  const { parts } = ipaddr.IPv6.parse(ip)
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}
