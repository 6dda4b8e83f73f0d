/** What a real server does and ours does not, with the reason. Recorded questions are named as in `observed.json`: none is among them. */
export const notImitated: Record<string, string> = {
  'TLS, users and access control': 'the tests speak to an insecure server',
  'links, projections and persistent subscriptions': 'nothing of ours uses them',
  'HTTP on the same port (/health/live, /info)': 'only deployments ask there',
  'more than one node, leaders that change': 'the adapter knows one address',
  'scavenging: events hidden by metadata are never removed': 'a client cannot tell',
  'how much a live subscriber may lag, exactly': 'it depends on timing there; here on 64 messages and 128 KiB',
}
