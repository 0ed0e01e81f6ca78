// Swagger UI over our own description. A signed-in person's calls carry the CSRF token; a key goes into "Authorize".
const page = document.getElementById("explorer");

SwaggerUIBundle({
  url: page.dataset.description,
  domNode: page,
  deepLinking: false,
  persistAuthorization: false,
  onComplete: outline,
  requestInterceptor: (request) => {
    if (request.method && !["GET", "HEAD"].includes(request.method)) {
      request.headers["X-CSRFToken"] = page.dataset.token;
    }
    return request;
  },
});

// Screen readers walk by headings and landmarks; Swagger leaves a level out and its head outside of any.
function outline() {
  page.querySelector(".information-container")?.setAttribute("role", "banner");
  for (const heading of page.querySelectorAll("h3, h4")) {
    heading.setAttribute("role", "heading");
    heading.setAttribute("aria-level", "2");
  }
}
