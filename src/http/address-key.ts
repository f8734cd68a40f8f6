import { isIP } from 'node:net'

/**
 * What requests from an address are counted under: an IPv4 address itself; of an IPv6 address the first 64 bits, since
 * whoever has one address has all of its /64. What is no address, as a proxy may pass on, is one key for all.
 */
export function addressKey(address: string): string {
  const [plain = ''] = address.split('%', 1)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1]
  if (mapped !== undefined) return mapped
  const version = isIP(plain)
  if (version === 4) return plain
  return version === 6 ? `${networkOf(plain)}::/64` : 'unknown'
}

function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = groupsOf(head)
  // An IPv4 tail is two groups in one, both beyond the first four in whatever is no mapped address.
  const missing = tail === undefined ? 0 : 8 - groups.length - groupsOf(tail).length
  const all = [...groups, ...Array(Math.max(missing, 0)).fill('0'), ...groupsOf(tail ?? '')]
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':').flatMap((group) => (group.includes('.') ? [group, ''] : [group]))
}
