"""The directive's statutory forms: frozen data in, HTML, PDF and Excel out.

One form is one module and one template. A module holds the form's words, exactly as the
directive's annexes have them, and gives `blank()`, `render_html(form)` and `to_xlsx(form)`;
`reports.pdf.to_pdf` turns the HTML into a PDF. Nothing here reads the database.
"""
