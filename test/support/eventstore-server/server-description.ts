import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js'
import { uuid } from './messages.js'

const streamsService = 'event_store.client.streams.streams'

/** The methods that are there, by which a client finds out what it can use; here batched appends. */
const methods: [service: string, method: string, features: string[]][] = [
  [streamsService, 'read', ['position', 'events']],
  [streamsService, 'append', []],
  [streamsService, 'delete', []],
  [streamsService, 'tombstone', []],
  [streamsService, 'batchappend', ['deadline_duration']],
  ['event_store.client.gossip.gossip', 'read', []],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods', []],
]

export const supportedMethods = (): serverFeatures.SupportedMethods =>
  new serverFeatures.SupportedMethods()
    .setEventStoreServerVersion('23.10.6')
    .setMethodsList(
      methods.map(([service, method, features]) =>
        new serverFeatures.SupportedMethod().setServiceName(service).setMethodName(method).setFeaturesList(features),
      ),
    )

/** A cluster of one, for clients that look for the leader before they connect. */
export function clusterOfOne(id: string, port: number): gossip.ClusterInfo {
  const member = new gossip.MemberInfo()
    .setInstanceId(uuid(id))
    .setTimeStamp(String(Date.now()))
    .setState(gossip.MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port))
  return new gossip.ClusterInfo().setMembersList([member])
}
