/**
 * A map that never changes: `with` and `without` give another one, which shares with this one all but a path of a few nodes. So
 * one event costs the same however many entries there are, where a copied `Map` costs all of them. Iterates as a `Map` does, in the
 * order in which keys came; that alone looks at every entry, and sorts them.
 */
export interface OrderedMap<Value> extends Iterable<readonly [key: string, value: Value]> {
  readonly size: number
  has(key: string): boolean
  get(key: string): Value | undefined
  /** A key that is there keeps its place. */
  with(key: string, value: Value): OrderedMap<Value>
  without(key: string): OrderedMap<Value>
}

export function orderedMap<Value>(entries: Iterable<readonly [string, Value]> = []): OrderedMap<Value> {
  let map = wrap<Value>(undefined, 0, 0)
  for (const [key, value] of entries) map = map.with(key, value)
  return map
}

/** A trie by the digits of the keys' hashes: a branch for each digit, down to where a key is alone. */
type Node<Value> = Leaf<Value> | Branch<Value>

interface Leaf<Value> {
  key: string
  value: Value
  /** Rises with each new key. */
  place: number
}

/** One place for each digit. */
type Branch<Value> = readonly (Node<Value> | undefined)[]

const isBranch = <Value>(node: Node<Value>): node is Branch<Value> => Array.isArray(node)

function wrap<Value>(root: Node<Value> | undefined, size: number, nextPlace: number): OrderedMap<Value> {
  return {
    size,
    has: (key) => find(root, key) !== undefined,
    get: (key) => find(root, key)?.value,
    with(key, value) {
      const known = find(root, key)
      const put = (place: number) => putLeaf(root, { key, value, place }, 0)
      return known === undefined
        ? wrap(put(nextPlace), size + 1, nextPlace + 1)
        : wrap(put(known.place), size, nextPlace)
    },
    without(key) {
      return find(root, key) === undefined ? this : wrap(dropLeaf(root, key, 0), size - 1, nextPlace)
    },
    *[Symbol.iterator]() {
      for (const { key, value } of leavesOf(root).sort((a, b) => a.place - b.place)) yield [key, value] as const
    },
  }
}

function find<Value>(root: Node<Value> | undefined, key: string): Leaf<Value> | undefined {
  let node = root
  for (let depth = 0; node !== undefined; depth++) {
    if (!isBranch(node)) return node.key === key ? node : undefined
    node = node[digit(key, depth)]
  }
  return undefined
}

function putLeaf<Value>(node: Node<Value> | undefined, leaf: Leaf<Value>, depth: number): Node<Value> {
  if (node === undefined) return leaf
  if (isBranch(node)) {
    const at = digit(leaf.key, depth)
    return node.with(at, putLeaf(node[at], leaf, depth + 1))
  }
  return node.key === leaf.key ? leaf : putLeaf(putLeaf(EMPTY, node, depth), leaf, depth)
}

/** The key is there. */
function dropLeaf<Value>(node: Node<Value> | undefined, key: string, depth: number): Node<Value> | undefined {
  if (node === undefined || !isBranch(node)) return undefined
  const at = digit(key, depth)
  const rest = node.with(at, dropLeaf(node[at], key, depth + 1))
  return rest.some((child) => child !== undefined) ? rest : undefined
}

function leavesOf<Value>(node: Node<Value> | undefined): Leaf<Value>[] {
  if (node === undefined) return []
  return isBranch(node) ? node.flatMap(leavesOf) : [node]
}

const EMPTY: Branch<never> = Array.from({ length: 16 }, () => undefined)
const DIGITS = 8

/** One of 16. Eight are of one hash; those below are of the next, so that no two keys stay together for ever. */
const digit = (key: string, depth: number): number =>
  (hash(key, Math.floor(depth / DIGITS)) >>> ((depth % DIGITS) * 4)) & 15

/** FNV-1a, 32 bits. */
function hash(key: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed
  for (let index = 0; index < key.length; index++) value = Math.imul(value ^ key.charCodeAt(index), 0x01000193)
  return value
}
