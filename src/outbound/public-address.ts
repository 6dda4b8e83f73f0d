import ipaddr from 'ipaddr.js'
import { INTERNAL_RANGES } from './internal-ranges.js'

const { IPv4, IPv6 } = ipaddr
type IPv4 = InstanceType<typeof IPv4>
type IPv6 = InstanceType<typeof IPv6>

/** What IANA has allocated of IPv6 for the public Internet. */
const GLOBAL = IPv6.parseCIDR('2000::/3')
/** IPv4 addresses as an IPv6-only network reaches them (RFC 6052). */
const NAT64 = IPv6.parseCIDR('64:ff9b::/96')

const INTERNAL = INTERNAL_RANGES.map(({ range }) => ipaddr.parseCIDR(range))

const isInternal = (address: IPv4 | IPv6): boolean =>
  INTERNAL.some((range) => range[0].kind() === address.kind() && address.match(range))

/**
 * Whether an address is one of the public Internet. Those that carry an IPv4 address (mapped, NAT64) are judged by that one; tunnels
 * (6to4, Teredo), reserved ranges and the internal ranges of cloud providers are not public.
 */
export function isPublicAddress(address: string): boolean {
  if (IPv4.isValidFourPartDecimal(address)) return isPublicIPv4(IPv4.parse(address))
  if (!IPv6.isValid(address) || address.includes('%')) return false
  return isPublicIPv6(IPv6.parse(address))
}

const isPublicIPv4 = (address: IPv4): boolean => address.range() === 'unicast' && !isInternal(address)

function isPublicIPv6(address: IPv6): boolean {
  if (address.isIPv4MappedAddress()) return isPublicIPv4(address.toIPv4Address())
  if (address.match(NAT64)) return isPublicIPv4(new IPv4(address.toByteArray().slice(12)))
  return address.range() === 'unicast' && address.match(GLOBAL) && !isInternal(address)
}
