declare const order: readonly string[]
export default order
