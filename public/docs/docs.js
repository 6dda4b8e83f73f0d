/* global SwaggerUIBundle */
SwaggerUIBundle({
  dom_id: '#docs',
  url: '/openapi.json',
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // Nothing is sent to any other server, and no token is kept when the page is closed.
  validatorUrl: null,
  persistAuthorization: false,
})
