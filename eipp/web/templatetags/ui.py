"""The design system's tags: `{% load ui %}`. Every one of them is shown, in every state, on /showcase/.

VALUES   amounts are eipp.kernel.money.Money; language and time zone are the active ones of Django
  {% money amount %}                      12,430.00 EUR; options: currency=False (the head of the column names it),
                                          sign=True
  {{ amount|money_text }}                 the same as plain text, for sentences and buttons: "Pay {{ amount|money_text
                                          }}"
  {{ amount|amount_text }}                12,430.00
  {{ number|number_text }}                a quantity or unit price
  {% figure amount %}                     the large figure of a page; size=6|5|4
  {% date day %}                          3 Nov 2025; beside=True adds "in 3 days"; also {{ day|day_text }}
  {% moment time %}                       3 Nov 2025, 14:05
  {% state "Past due" "bad" %}            word + colour + shape; good, bad, waiting, quiet
  {% value anything %}                    Money, date, datetime, text or None, each as its kind asks
  {% avatar "Anna Berg" %}                initials; kind="organisation"
  {% icon "invoice" %}                    decoration; label="..." where it speaks alone; size="small|large"

ACTIONS
  {% button "Pay" url="/pay/" %}          a link; without url it sends its form. variant="primary|quiet|danger|plain",
                                          icon=, name=, value=, opens="dialog-id", refused_because="why", wide=True,
                                          size="small", only_icon=True (label is spoken), action="/other/", form="id"
  {% menu "More" icon="more" %} <li><a href="..">..</a></li> {% endmenu %}  side="start|end", only_icon=True, plain=True
  {% dialog "pay" "Pay 3 invoices" %} ... {% enddialog %}                      opened by {% button "Pay" opens="pay" %}
  {% moves moves %}                       pieces.Move list, the likely one first; likely=2, pinned=False (phone)

STRUCTURE
  {% panel "Payments" %} ... {% endpanel %}   id=, action_label=, action_url=, level=2, boxed=True
  {% notice "bad" "Past due" %} ... {% endnotice %}
  {% crumbs crumbs %}                     pieces.Crumb list; only below the second level
  {% tabs tabs label="Invoice" %}         pieces.Tab list
  {% empty "No disputes" "text" %}        icon=, label=, url=, second_label=, second_url=
  {% stat "Past due" amount %}            url=, beside="3 invoices", meaning="bad"; a count is given as a number
  {% composition parts apart=apart %}     pieces.Part lists; title=, id=
  {% steps steps %}                       pieces.Step list
  {% timeline entries label="History" %}  pieces.Entry list, oldest first; earlier_url=
  {% composer action=url to="Acme" %}     internal=True, upload_url=, label=, id=, value=, error=, purpose=;
                                          posts body, internal, files or (after upload in two steps) files_ids
  {% skeleton 3 %}  {% progress 3 10 label="..." %}  {% copyable text label="..." id="..." %}
  <p {% live "situation" topics %}>       fetched anew when a topic changes; topics: a list or "invoice:1 thread:2"; url
  {% brand_style "#4a52d1" %}             the accents of a brand (base.html does it from frame.brand)

LISTS    <table class="list"> in <div class="list-box">; each <td data-label="Due">; figures: class="end";
         in cards: data-card="title" and data-card="figure" are the first line, "wide" takes a line, "off" is left out
  {% sort_head "Due" "due_date" %}        a <th>; align="end", default=True
  {% chip "Overdue" "standing" "overdue" %}   count=; an empty value is the chip for all
  {% search_box label="Search invoices" %}    parameter="q"
  {% pages next=cursor previous=cursor shown="1 to 25 of 812" %}

WHOLE PIECES (include), filled by dataclasses; the pages of /showcase/ show how they stand together
  {% include "ui/paper.html" with paper=paper %}              eipp.web.paper.Paper
  {% include "ui/situation.html" with situation=situation %}  eipp.web.situation.Situation
  {% include "ui/facts.html" with facts=facts %}              eipp.web.paper.Fact list
  {% include "ui/waits.html" with waits=waits %}              eipp.web.situation.Waiting list
  {% include "ui/queue.html" with rows=rows %}                eipp.web.situation.QueueRow list
  {% include "ui/notices.html" with notices=notices %}        eipp.web.pieces.Notice list (behind the bell)
  {% include "ui/files.html" with files=files %}              eipp.web.pieces.Attachment list

FORMS
  {% errors form %}                       the summary, first thing in the form
  {% field form.amount %}                 help=, prefix=, suffix="EUR", quiet=True
  {% dropzone label="Photos or papers" %} name=, id=, help=, multiple=, upload_url=, purpose=, accept=, error=
"""

from django import template

from eipp.web.tags import actions, composition, forms, icons, lists, structure, values

register = template.Library()

register.simple_tag(values.money, name="money")
register.simple_tag(values.figure, name="figure")
register.simple_tag(values.day, name="date")
register.simple_tag(values.moment, name="moment")
register.simple_tag(values.state, name="state")
register.simple_tag(values.value, name="value")
register.simple_tag(values.avatar, name="avatar")
register.simple_tag(icons.icon, name="icon")
register.filter("money_text", values.money_text)
register.filter("amount_text", values.amount_text)
register.filter("number_text", values.number_text)
register.filter("day_text", values.day_text)

register.simple_tag(actions.button, name="button")
register.simple_block_tag(actions.menu, name="menu")
register.simple_block_tag(actions.dialog, name="dialog")
register.inclusion_tag("ui/moves.html", takes_context=True, name="moves")(actions.moves)

register.simple_tag(structure.brand_style, takes_context=True, name="brand_style")
register.simple_tag(structure.live, takes_context=True, name="live")
register.simple_block_tag(structure.panel, name="panel")
register.simple_block_tag(structure.notice, name="notice")
register.inclusion_tag("ui/crumbs.html", name="crumbs")(structure.crumbs)
register.inclusion_tag("ui/tabs.html", name="tabs")(structure.tabs)
register.inclusion_tag("ui/empty.html", name="empty")(structure.empty)
register.inclusion_tag("ui/stat.html", name="stat")(structure.stat)
register.inclusion_tag("ui/composition.html", name="composition")(composition.composition)
register.inclusion_tag("ui/steps.html", name="steps")(structure.steps)
register.inclusion_tag("ui/timeline.html", name="timeline")(structure.timeline)
register.inclusion_tag("ui/composer.html", takes_context=True, name="composer")(structure.composer)
register.inclusion_tag("ui/skeleton.html", name="skeleton")(structure.skeleton)
register.inclusion_tag("ui/progress.html", name="progress")(structure.progress)
register.inclusion_tag("ui/copyable.html", name="copyable")(structure.copyable)

register.inclusion_tag("ui/sort_head.html", takes_context=True, name="sort_head")(lists.sort_head)
register.inclusion_tag("ui/chip.html", takes_context=True, name="chip")(lists.chip)
register.inclusion_tag("ui/pages.html", takes_context=True, name="pages")(lists.pages)
register.inclusion_tag("ui/search_box.html", takes_context=True, name="search_box")(lists.search_box)

register.inclusion_tag("ui/field.html", name="field")(forms.field)
register.inclusion_tag("ui/errors.html", name="errors")(forms.errors)
register.inclusion_tag("ui/dropzone.html", name="dropzone")(structure.dropzone)
