"""Groups of office questions made by rules: manuals, sites, policies, error codes, permits, FAQs.

Values, names and shapes are drawn at random, so that what is learnt is which statement answers and
not what is so. The statement that answers says the attribute of the right subject; beside it stand
the same attribute of another subject, other attributes of this one, mentions without a value, and
the question itself. Question and statement are in English or Chinese, now and then one in each.
"""
