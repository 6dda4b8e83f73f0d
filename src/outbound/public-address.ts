import ipaddr from 'ipaddr.js'

const { IPv4, IPv6 } = ipaddr
type IPv4 = InstanceType<typeof IPv4>
type IPv6 = InstanceType<typeof IPv6>

/** All of IPv6 that is given out to networks in the open. */
const GLOBAL = IPv6.parseCIDR('2000::/3')
/** How a network without IPv4 names the IPv4 addresses of others. */
const NAT64 = IPv6.parseCIDR('64:ff9b::/96')

/**
 * Whether an address is one of the open Internet. Those that carry an IPv4 address (mapped, NAT64) are judged by that one; tunnels
 * (6to4, Teredo) and everything set apart for something are not public.
 */
export function isPublicAddress(address: string): boolean {
  if (IPv4.isValidFourPartDecimal(address)) return isPublicIPv4(IPv4.parse(address))
  if (!IPv6.isValid(address) || address.includes('%')) return false
  return isPublicIPv6(IPv6.parse(address))
}

const isPublicIPv4 = (address: IPv4): boolean => address.range() === 'unicast'

function isPublicIPv6(address: IPv6): boolean {
  if (address.isIPv4MappedAddress()) return isPublicIPv4(address.toIPv4Address())
  if (address.match(NAT64)) return isPublicIPv4(new IPv4(address.toByteArray().slice(12)))
  return address.range() === 'unicast' && address.match(GLOBAL)
}
