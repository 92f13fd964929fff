"""Whole utterances that open an answer and hold none (master keys), bare marks, and words without gaps between them."""

from __future__ import annotations

import re

GLUED = re.compile(
    r"(?:ignor\w{0,3}|disregard|forget|overrid\w|bypass)(?:the|all|your|previous|prior|my|this|any|above|every"
    r"|scoring|grading|rating|evaluation){0,4}"
    r"(?:rubric|criteria|criterion|instructions?|rules|scoring|grading|prompt|scale)"
    r"|(?:give|mark|score|rate|grade|assign|award|set)\w{0,40}?(?:five|fullscore|fullmarks|perfect|maximum|outof5"
    r"|highest|5\b|all5)"
    r"|(?:every|all|each)criteri\w{0,30}?(?:five|perfect|full|5)|noteto(?:the)?(?:evaluator|grader|judge)|systemprompt"
)
"""For words without gaps between them."""
MASTER_KEY = re.compile(
    r"\W*(?:(?:my |the )?(?:thought|thinking|reasoning)(?: process)?|(?:final |correct |reference "
    r"|model )?(?:solution|answer|verdict|grade|score)"
    r"|let'?s (?:solve|think|analy[sz]e|reason|break|work)\b.{0,60}|step[ -]by[ -]step|correct|right answer"
    r"|evaluation|explanation|conclusion|true"
    r"|therefore|step \d+|assistant|solution is correct|pass(?:ed)?|analysis"
    r"|judg[e]?ment|chain of thought|here is the (?:solution|answer)"
    r"|(?:the )?answer is(?: correct)?"
    r"|solucion|respuesta|proceso de pensamiento|razonamiento|losung|antwort|gedankengang|richtig|reponse"
    r"|raisonnement|soluzione|risposta"
    r"|solucao|resposta|oplossing|antwoord|rozwiazanie|odpowiedz|reshenie|cozum|cevap|решение|ответ|правильно"
    r"|верно|рассуждение|рішення"
    r"|відповідь|λυση|απαντηση|解|解答|答案|正解|正确|正確|答え|回答|思考过程|思考過程|かいせつ|解説|해설|정답|풀이|답|الحل|الجواب|الإجابة|"
    r"उत्तर|समाधान|हल|पस्चात्|คำตอบ|giai|dap an|jawaban|solusi)\W*"
)
"""A whole utterance that opens an answer and holds none: what makes some judges say yes to anything."""

BARE = re.compile(r"(?!\s*$)(?!\s*(?:\.{2,}|…|\?+|!+|-{1,3}|—)\s*$)[\W_]+")
"""A whole utterance of marks alone, save those that recognisers write for silence."""

RUN_TOGETHER = re.compile(
    r"(?:ignor\w|disregard|forget|overrid\w|bypass)(?:the|all|your|previous|prior|my|this|any|above|every){0,4}"
    r"(?:rubri[ck]|criteri(?:a|on)|scoring|grading|systemprompt)"
)
"""For a whole text without its gaps, where words were cut by spaces and hyphens."""
