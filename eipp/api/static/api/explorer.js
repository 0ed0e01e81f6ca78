// Swagger UI over our own description. A signed-in person's calls carry the CSRF token; a key goes into "Authorize".
const page = document.getElementById("explorer");

SwaggerUIBundle({
  url: page.dataset.description,
  domNode: page,
  deepLinking: true,
  persistAuthorization: false,
  requestInterceptor: (request) => {
    if (request.method && !["GET", "HEAD"].includes(request.method)) {
      request.headers["X-CSRFToken"] = page.dataset.token;
    }
    return request;
  },
});
