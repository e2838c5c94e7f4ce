"""Office questions made from templates: manuals, sites, policies, error codes, permits, FAQs.

Values, names and sentence patterns are drawn at random, so a reader learns which statement answers
a question and not what the answer is. The statement that answers gives the attribute of the right
subject. Its negatives give the same attribute of another subject or other attributes of this
subject, mention the topic without a value, or repeat the question. Question and statements are in
English or Chinese; in a share of the groups their languages differ.

Begin with `train.bundled.office.office_groups`.
"""
