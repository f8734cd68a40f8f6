/**
 * The address of an upload. The service names a path from its own root; a gateway that puts the service below a path of its own takes
 * that away from requests, and may or may not put it back.
 * @param endpoint where the upload was begun
 * @param location as the answer has it
 */
export function uploadAddress(baseUrl: string, endpoint: string, location: string): string {
  if (!URL.canParse(location, endpoint)) return location
  const { href, origin, pathname } = new URL(location, endpoint)
  const [path = ''] = /\/v1\/reports\/[^/]+\/uploads\/[^/]+$/.exec(pathname) ?? []
  const isOurs = origin === new URL(baseUrl).origin && path !== '' && pathname === path
  return isOurs ? `${baseUrl}${path}` : href
}
