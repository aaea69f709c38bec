/** The machine's own Chromium, drawing by software where it has no graphics card. */
const common = { executablePath: process.env.PENTAD_CHROMIUM ?? '/usr/bin/chromium' }
const plain = ['--no-sandbox', '--disable-background-networking']

export const drawing = {
  ...common,
  args: [...plain, '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
}
/** A desk whose machine draws no maps, as some do: what is not about a map must work there, and says so where the map would be. */
export const withoutMaps = { ...common, args: [...plain, '--disable-3d-apis', '--disable-gpu'] }
