/** Where analysts and BI tools find the tables: never half-built ones. */
export const SCHEMA = 'analytics'

/** Where a generation's tables are until they are complete; only Parley and the projections look here. */
export const BUILD_SCHEMA = 'analytics_build'
