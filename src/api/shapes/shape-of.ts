import type { z } from 'zod'

/** What answers hold, as `openapi.json` shows it. */

/** Names a shape whose type is exactly the view's: a field that only one of them has does not compile. */
export const shapeOf =
  <View>() =>
  <Schema extends z.ZodType<View>>(name: string, schema: View extends z.output<Schema> ? Schema : never): Schema =>
    schema.meta({ id: name })
