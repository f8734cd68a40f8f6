import sharp from 'sharp'

/** Pixels at most: a small file may unfold to more than the memory holds. */
const mostPixels = 100_000_000

/**
 * A photo without anything that its camera or a program wrote beside the picture: position, time, device, owner, thumbnail. The
 * picture is turned upright and written anew, so nothing that hid behind or between the parts of the file comes along.
 * @throws Error for what cannot be read as a JPEG, PNG or WebP: whoever hands it on must not
 */
export async function withoutPosition(photo: Uint8Array): Promise<Buffer> {
  const image = sharp(photo, { limitInputPixels: mostPixels, failOn: 'error' })
  const { format } = await image.metadata()
  if (format !== 'jpeg' && format !== 'png' && format !== 'webp')
    throw new Error(`Photos of the format ${format} cannot be written anew`)
  return image
    .rotate()
    .toFormat(format, format === 'png' ? {} : { quality: 92 })
    .toBuffer()
}
