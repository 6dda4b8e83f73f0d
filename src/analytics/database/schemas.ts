/** Where analysts and BI tools find the tables: never half-built ones, and nothing of Parley's own. */
export const SCHEMA = 'analytics'

/**
 * Parley's own tables about analysts' projections. Each generation is built in a schema of its own beside it, `analytics_build_<number>`, so that
 * no other generation's tables are in its way; `analytics_build.create_schema` makes it.
 */
export const BUILD_SCHEMA = 'analytics_build'
