/** Degrees between which the country lies with its sea: what is outside has its numbers mixed up. */
export const countryBounds = { lon: [94, 142], lat: [-12, 8] } as const

export function isInCountry(longitude: number, latitude: number): boolean {
  const { lon, lat } = countryBounds
  return longitude >= lon[0] && longitude <= lon[1] && latitude >= lat[0] && latitude <= lat[1]
}
