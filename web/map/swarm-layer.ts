/** Draws a swarm by the graphics card, as one layer among the map's own: one buffer, one call, however many there are. */
import type { CustomLayerInterface, Map as MapLibre } from 'maplibre-gl'
import { floatsEach, mercatorX, mercatorY, type Swarm } from './swarm.ts'

/** The signs side by side, all of one size. */
export interface Atlas {
  images: readonly ImageData[]
  /** Pixels of the image to a pixel of the screen. */
  scale: number
  /** So many times as large, for a wall. */
  size?: number
}

const vertex = `#version 300 es
in vec4 way;
in vec4 look;
uniform vec2 scale, offset;
uniform float now, glide, size;
out float turned;
flat out float sprite;
void main() {
  float share = glide > 0.0 ? clamp((now - look.x) / glide, 0.0, 1.0) : 1.0;
  turned = radians(look.y + look.z * min(1.0, share * 3.0));
  sprite = look.w;
  gl_Position = look.w < 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(mix(way.xy, way.zw, share) * scale + offset, 0.0, 1.0);
  gl_PointSize = size;
}`
const fragment = `#version 300 es
precision mediump float;
in float turned;
flat in float sprite;
uniform sampler2D atlas;
uniform float sprites;
out vec4 colour;
void main() {
  vec2 p = gl_PointCoord - 0.5;
  float c = cos(turned), s = sin(turned);
  vec2 q = vec2(c * p.x + s * p.y, c * p.y - s * p.x) + 0.5;
  if (q.x < 0.0 || q.y < 0.0 || q.x > 1.0 || q.y > 1.0) discard;
  colour = texture(atlas, vec2((sprite + q.x) / sprites, q.y));
}`

function program(gl: WebGL2RenderingContext): WebGLProgram {
  const made = gl.createProgram()
  for (const [type, text] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new Error('no shader')
    gl.shaderSource(shader, text)
    gl.compileShader(shader)
    gl.attachShader(made, shader)
  }
  gl.bindAttribLocation(made, 0, 'way')
  gl.bindAttribLocation(made, 1, 'look')
  gl.linkProgram(made)
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made) ?? 'not linked')
  return made
}

/** As on the map before: three quarters of its size when the city is small, a little more than whole in the streets. */
const signScaleAt = (zoom: number): number => 0.75 + 0.35 * Math.min(1, Math.max(0, (zoom - 11) / 4))

export interface SwarmLayer extends CustomLayerInterface {
  /** Another theme: other colours. */
  paint: (atlas: Atlas) => void
}

export function swarmLayer(id: string, things: Swarm, first: Atlas, clock = () => performance.now()): SwarmLayer {
  let atlas = first
  let painted = false
  let drawn = -1
  let map: MapLibre | null = null
  let gl: WebGL2RenderingContext | null = null
  let shader: WebGLProgram | null = null
  let buffer: WebGLBuffer | null = null
  let vertices: WebGLVertexArrayObject | null = null
  let texture: WebGLTexture | null = null
  const uniforms = new Map<string, WebGLUniformLocation | null>()

  function upload(g: WebGL2RenderingContext): void {
    const [image] = atlas.images
    if (!image) return
    const { width, height } = image
    g.bindTexture(g.TEXTURE_2D, texture)
    g.pixelStorei(g.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true)
    g.pixelStorei(g.UNPACK_FLIP_Y_WEBGL, false)
    g.texImage2D(g.TEXTURE_2D, 0, g.RGBA, width * atlas.images.length, height, 0, g.RGBA, g.UNSIGNED_BYTE, null)
    atlas.images.forEach((one, i) => {
      g.texSubImage2D(g.TEXTURE_2D, 0, i * width, 0, g.RGBA, g.UNSIGNED_BYTE, one)
    })
    for (const [name, value] of [
      [g.TEXTURE_MIN_FILTER, g.LINEAR],
      [g.TEXTURE_MAG_FILTER, g.LINEAR],
      [g.TEXTURE_WRAP_S, g.CLAMP_TO_EDGE],
      [g.TEXTURE_WRAP_T, g.CLAMP_TO_EDGE],
    ] as const)
      g.texParameteri(g.TEXTURE_2D, name, value)
    painted = true
  }

  return {
    id,
    type: 'custom',
    renderingMode: '2d',
    paint(next) {
      atlas = next
      painted = false
      map?.triggerRepaint()
    },
    onAdd(on, context) {
      map = on
      gl = context as WebGL2RenderingContext
      shader = program(gl)
      buffer = gl.createBuffer()
      texture = gl.createTexture()
      vertices = gl.createVertexArray()
      gl.bindVertexArray(vertices)
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      for (const at of [0, 1]) {
        gl.enableVertexAttribArray(at)
        gl.vertexAttribPointer(at, 4, gl.FLOAT, false, floatsEach * 4, at * 16)
      }
      gl.bindVertexArray(null)
      uniforms.clear()
      for (const name of ['scale', 'offset', 'now', 'glide', 'size', 'atlas', 'sprites'])
        uniforms.set(name, gl.getUniformLocation(shader, name))
      painted = false
      drawn = -1
    },
    onRemove() {
      gl?.deleteProgram(shader)
      gl?.deleteBuffer(buffer)
      gl?.deleteTexture(texture)
      gl?.deleteVertexArray(vertices)
      map = null
    },
    render(context) {
      const g = context as WebGL2RenderingContext
      if (!map || things.size() === 0 || !shader) return
      const { data, nowS, glideS } = things.floats(clock())
      g.useProgram(shader)
      g.bindVertexArray(vertices)
      g.activeTexture(g.TEXTURE0)
      if (painted) g.bindTexture(g.TEXTURE_2D, texture)
      else upload(g)
      if (drawn !== things.version()) {
        g.bindBuffer(g.ARRAY_BUFFER, buffer)
        g.bufferData(g.ARRAY_BUFFER, data, g.DYNAMIC_DRAW)
        drawn = things.version()
      }
      // Our maps lie flat and north is up: the projection is a scale and an offset, reckoned in double precision.
      const { lng, lat } = map.getCenter()
      const zoom = map.getZoom()
      const { clientWidth, clientHeight } = map.getCanvas()
      const world = 512 * 2 ** zoom
      const [scaleX, scaleY] = [(2 * world) / clientWidth, (-2 * world) / clientHeight]
      const [x, y] = things.origin()
      g.uniform2f(uniforms.get('scale') ?? null, scaleX, scaleY)
      g.uniform2f(uniforms.get('offset') ?? null, (x - mercatorX(lng)) * scaleX, (y - mercatorY(lat)) * scaleY)
      g.uniform1f(uniforms.get('now') ?? null, nowS)
      g.uniform1f(uniforms.get('glide') ?? null, glideS)
      const pixel = ((atlas.images[0]?.width ?? 0) / atlas.scale) * (atlas.size ?? 1) * map.getPixelRatio()
      g.uniform1f(uniforms.get('size') ?? null, pixel * signScaleAt(zoom))
      g.uniform1i(uniforms.get('atlas') ?? null, 0)
      g.uniform1f(uniforms.get('sprites') ?? null, Math.max(1, atlas.images.length))
      g.disable(g.DEPTH_TEST)
      g.disable(g.STENCIL_TEST)
      g.enable(g.BLEND)
      g.blendFunc(g.ONE, g.ONE_MINUS_SRC_ALPHA)
      g.drawArrays(g.POINTS, 0, data.length / floatsEach)
      g.bindVertexArray(null)
    },
  }
}
