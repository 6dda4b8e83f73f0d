/**
 * Addresses that look public and are not: within a provider's network they lead to its metadata or other internal services, and they are
 * not announced to the Internet. Everything that IANA sets apart (private, link-local, shared …), where most metadata services are, is
 * known to `ipaddr.js` already.
 */
export const INTERNAL_RANGES = [
  {
    range: '168.63.129.16/32',
    what: 'Azure: wire server (VM agent, DNS, health probes)',
    source: 'https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16',
  },
  {
    range: '192.80.8.124/32',
    what: 'Equinix Metal, formerly Packet: metadata.packet.net',
    source: 'https://www.packet.com/developers/docs/servers/key-features/metadata/',
  },
  {
    range: '199.36.153.4/30',
    what: 'Google Cloud: restricted.googleapis.com',
    source: 'https://cloud.google.com/vpc-service-controls/docs/private-connectivity',
  },
  {
    range: '199.36.153.8/30',
    what: 'Google Cloud: private.googleapis.com',
    source: 'https://cloud.google.com/vpc/docs/configure-private-google-access',
  },
  {
    range: '2600:2d00:2:1000::/64',
    what: 'Google Cloud: restricted.googleapis.com',
    source: 'https://cloud.google.com/vpc-service-controls/docs/private-connectivity',
  },
  {
    range: '2600:2d00:2:2000::/64',
    what: 'Google Cloud: private.googleapis.com',
    source: 'https://cloud.google.com/vpc/docs/configure-private-google-access',
  },
  {
    range: '161.26.0.0/16',
    what: 'IBM Cloud: infrastructure services (DNS, mirrors, NTP)',
    source: 'https://cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc',
  },
  {
    range: '166.8.0.0/14',
    what: 'IBM Cloud: private endpoints of cloud services',
    source: 'https://cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc',
  },
] as const
