"""Words typed on a phone, in Kirundi, French, Swahili or English -> values, or "not understood".

Pure: no clock, no disk, no chance. `None` always means "not understood" and makes the conversation
ask; nothing here guesses, and nothing here raises on any `str`, broken Unicode included.

    words     plain, clean, tokens, command words, yes and no, the language of a message
    numbers   digits, thousands, number words
    dates     12/11, "12 munyonyo", "ejo", "lundi passe"
    choices   one of a list, with one clear near miss
    ahead     a day to come; named_days: other ways to say one that has passed
    courtesies   thanks, greetings, an OK
    vocabulary, phrases, calendar   the tables behind them, to be corrected by people who speak the languages
"""
