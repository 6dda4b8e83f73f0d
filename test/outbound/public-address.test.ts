import { expect } from 'chai'
import { isPublicAddress } from '../../src/outbound/public-address.js'

describe('public addresses', () => {
  const not: Record<string, string[]> = {
    'this machine': ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '0.1.2.3', '::'],
    'private networks': [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      'fc00::1',
      'fd12:3456::1',
      'fec0::1',
    ],
    'a provider’s own (CGNAT)': ['100.64.0.1', '100.127.255.255'],
    'the link, and what clouds serve there': ['169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0'],
    'many at once': ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', 'ff0e::1'],
    'documentation and benchmarks': [
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '198.19.255.255',
      '2001:db8::1',
      '3fff::1',
      '2001:2::1',
    ],
    'set apart': [
      '192.0.0.1',
      '192.88.99.1',
      '240.0.0.1',
      '100::1',
      '5f00::1',
      '2001:10::1',
      '2001:20::1',
      '4000::1',
      '8000::1',
    ],
    'IPv4 within IPv6': [
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:10.0.0.1',
      '::ffff:0:127.0.0.1',
      '::127.0.0.1',
      '::7f00:1',
      '::ffff:169.254.169.254',
    ],
    'IPv4 through translators': ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '64:ff9b:1::8.8.8.8'],
    'tunnels, whatever is at their end': [
      '2002:7f00:1::1',
      '2002:808:808::1',
      '2001:0:4136:e378:8000:63bf:3fff:fdd2',
      '2001::1',
    ],
    'where clouds serve metadata and internal services': [
      '168.63.129.16',
      '::ffff:168.63.129.16',
      '64:ff9b::a83f:8110',
      '100.100.100.200',
      '192.0.0.192',
      '169.254.170.2',
      '169.254.42.42',
      '192.80.8.124',
      '199.36.153.4',
      '199.36.153.11',
      '161.26.0.10',
      '166.9.48.1',
      '2600:2d00:2:1000::1',
      '2600:2d00:2:2000::1',
      'fd00:ec2::254',
      'fd20:ce::254',
    ],
    'no addresses': ['', 'localhost', '2130706433', '0x7f.1', '127.1', '0177.0.0.1', '1.2.3.4.5', '[::1]', '8.8.8.8 '],
  }
  for (const [what, addresses] of Object.entries(not)) {
    it(`are not: ${what}`, () => {
      expect(addresses.filter(isPublicAddress)).to.deep.equal([])
    })
  }

  it('are those of the open Internet, also where IPv6 carries them', () => {
    const open = [
      '8.8.8.8',
      '93.184.215.14',
      '100.63.255.255',
      '172.32.0.1',
      '2606:4700::1111',
      '2a00:1450::1',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
      '168.63.129.15',
      '168.63.129.17',
      '199.36.153.12',
      '2600:2d00:3::1',
    ]
    expect(open.filter((address) => !isPublicAddress(address))).to.deep.equal([])
  })
})
