"""What gives an attack on a judge away: rules over plain English text, each with a name, by classes and not by known strings.

A rule runs only where the beginnings of words that it needs stand in the text, so that an ordinary call costs next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from evalharness.grade.llm.vocabulary import (
    ASIDE,
    ASIDE_WORDS,
    BEST,
    BEST_WORDS,
    CRITERION,
    CRITERION_WORDS,
    FIELD,
    FIVE,
    FIVE_WORDS,
    GIVE,
    GIVE_WORDS,
    GRADER,
    GRADER_WORDS,
    JUDGED,
    NOT_TIME,
    PART,
    PRAISE,
    SCALE,
    SCALE_WORDS,
    TOLD,
)

STEM = 4
"""How many letters of a word are looked at to tell whether a rule can hold."""


@dataclass(frozen=True)
class Rule:
    """A sign: its name and pattern over plain text, in which "." is any character.

    `needs`: of each group the beginning of one word must be there.
    """

    sign: str
    pattern: str
    needs: tuple[frozenset[str], ...] = ()

    def can_hold(self, stems: frozenset[str]) -> bool:
        """Whether the words it needs are there, by their first four letters."""
        return all(group & stems for group in self.needs)


def stems(words: str) -> frozenset[str]:
    """The first letters of these words."""
    return frozenset(word[:STEM] for word in words.split())


def _rule(sign: str, pattern: str, *needs: str) -> Rule:
    return Rule(sign, pattern, tuple(map(stems, needs)))


RULES: tuple[Rule, ...] = (
    _rule(
        "its own verdict",
        r"\b(?:expected|correct|right|proper|appropriate|true) (?:answer|level|rating|score|grade|value"
        r"|verdict)s? (?:is|are|(?:w|sh)ould be)\b"
        r".{0,25}?\b(?:five|5|one|1|max\w*|highest|pass)\b",
    ),
    _rule(
        "its own verdict",
        r"\b(?:level|score|rating|grade)s? (?:is|are|(?:w|sh)ould be|must be)\W{0,2}(?:all |the )?(?:five|5|one|1"
        r"|max\w*|highest|full)\b(?![\w:]|[.,]\d)",
    ),
    _rule("its own verdict", r"\bthe outcome (?:of (?:this|the) call )?(?:is|was|should be)\b.{0,15}?\b(?:resolved|transferred)"),
    _rule(
        "its own verdict",
        r"\b(?:treat|consider|regard|count|see) (?:this|the) (?:call|conversation|agent"
        r"|interaction)\b.{0,20}?\b(?:excellent|perfect|resolved|five|successful)",
    ),
    _rule(
        "a value for all",
        r"\bclear[ -]failure\b|\bfailure checks?\b|\b(?:full|perfect|maximum) scores?\b|\b(?:full|top) marks\b"
        r"|^\W*(?:(?:five|5)\b\W*){4,}$",
    ),
    _rule(
        "a value for all",
        r"\b(?:fail|pass) (?:it|this|them|the (?:call|agent)) on (?:every|all|each)\b|\banswer (?:yes|no) (?:to|on"
        r"|for) (?:all|every|each)\b",
    ),
    _rule(
        "scale set aside",
        r"\b(?:ignor|disregard|forget)\w* (?:everything|all|anything)(?: \w+){0,2}? (?:above|below|you (?:were told"
        r"|know))\b",
    ),
    _rule(
        "scale set aside",
        r"\byour (?:instructions|orders|task) (?:have|has|are|is) (?:been |now )?(?:chang|updat|replac|overrid"
        r"|different)\w*|\bnew (?:task|objective|role|order)s?\s*[:-]",
    ),
    _rule(
        "speaks to the judge",
        r"\bbe (?:very |more )?(?:lenient|generous|kind|nice|strict) (?:when|in|with|while)(?: \w+){0,2}? (?:scor"
        r"|grad|rat|judg|mark|evaluat)\w*|\bbe lenient\b",
    ),
    _rule("speaks to the judge", r"\b(?:qa|quality)\s*:|\bevaluation (?:guide|note|key)\b"),
    _rule(
        "made-up turn",
        r"\bturn (?:no\.? |number )?\d+\W{0,3}(?:of the )?(?:agent|caller|assistant|user|system)\b|\[(?:agent|caller"
        r"|assistant|user|system|human)\]",
    ),
    _rule(
        "made-up frame",
        r"<!--|!\[[^\]\n]*\]\(|</(?!speak|prosody|say-as|emphasis|phoneme|sub|audio|voice|p\b|s\b)[a-z]+\s*>|<turn\b",
    ),
    _rule("scale set aside", rf"{ASIDE}.{{0,60}}?\b(?:grading|scoring|judging|evaluating|rating)\b", ASIDE_WORDS),
    _rule(
        "its own output",
        rf"\b(?:output|print|return|emit|(?:answer|respond|reply) with)\s+(?:a |the |only |number )*{FIVE}{NOT_TIME}",
    ),
    _rule(
        "its own verdict",
        r"\b(?:rating|score|grade|verdict)s?\W{0,3}(?:of |is )?(?:five|5|one|1)\b(?![\w:]|[.,]\d| (?:star|hotel"
        r"|out of))",
    ),
    _rule(
        "its own output",
        r"\bgoes? in(?:to)? (?:the |your )*(?:rationale|justification|evidence|verdict|score)\b|(?:^|\n)\s*=[a-z]{3,}\(",
    ),
    _rule(
        "its own output",
        r"\binstead of (?:the )?(?:json|schema|requested format)\b|\b(?:plain text|free text|markdown|yaml"
        r"|xml),? not json",
    ),
    _rule("speaks to the judge", r"\bfor (?:the )?quality (?:review|control|assurance|check|purposes|team|analyst)s?\s*[:\-]"),
    _rule("scale set aside", rf"{ASIDE}.{{0,80}}?{SCALE}", ASIDE_WORDS, SCALE_WORDS),
    _rule(
        "scale set aside",
        rf"{SCALE}.{{0,50}}?(?:no longer|does ?n[o']t|not? (?:apply|matter|count|relevant)|is (?:void|cancel"
        rf"|obsolete|suspended|replaced|wrong"
        r"|outdated)|has been (?:replaced|changed|updated|suspended)|ignor\w+|disregard\w*)",
        SCALE_WORDS,
    ),
    _rule(
        "scale set aside",
        rf"\b(?:ignor|disregard|overrid|bypass|forget)\w*\b.{{0,40}}?{TOLD}",
        "ignore disregard overrid bypass forget",
    ),
    _rule(
        "new scale",
        r"\bnew (?:scoring|grading|rating|evaluation)? ?(?:criteria|rubric|instructions|rules|guidelines"
        r"|system prompt)\b",
        "new",
    ),
    _rule(
        "the word rubric",
        r"\brubri(?:[ck]s?|ca|que|que[ns]|ck)\b|\b(?:grading|scoring) (?:model|scheme|schema|prompt|criteria|guidelines)\b"
        r"|\b(?:system|judge|grader|evaluator) prompt\b|\bprompt injection\b|\bjail ?break",
    ),
    _rule("a value for all", rf"{GIVE}.{{0,60}}?{JUDGED}.{{0,60}}?\b{FIVE}{NOT_TIME}", GIVE_WORDS, FIVE_WORDS),
    _rule("a value for all", rf"{GIVE}.{{0,40}}?\b{FIVE}{NOT_TIME}.{{0,30}}?{JUDGED}", GIVE_WORDS, FIVE_WORDS),
    _rule("a value for all", rf"(?:{JUDGED}.{{0,60}}?{BEST}|{BEST}.{{0,60}}?{JUDGED})", BEST_WORDS),
    _rule("a value for all", rf"{GIVE}.{{0,40}}?{BEST}", GIVE_WORDS, BEST_WORDS),
    _rule(
        "a value for all",
        r"\b(?:always|just|simply|only|must) (?:be )?(?:true|score|rate|grade|mark|pass|answer (?:yes|no|five|5)"
        r"|output|fail)\b.{0,12}?(?:\b(?:five|5|true|pass|yes|no|one|1|high|full|max\w*|perfect)\b|$)",
    ),
    _rule(
        "a value for all",
        r"\balways true\b|\bevery criteri\w+ (?:is|scores?|gets?|passe[sd]|met|satisfied)|\ball criteria (?:are |is "
        r"|were )?(?:met|satisfied|fulfilled|passed|five|5)",
    ),
    _rule(
        "a value for all",
        rf"\b(?:score|rate|grade|mark)d? (?:it |them |him |her |me |us |high |as |at |with |of |is |a "
        rf"|an )*{FIVE}{NOT_TIME}",
        "score scored rate rated grade graded mark marked",
    ),
    _rule(
        "a value for all",
        r"\b(?:my|your|the|our|their|final|overall|total) (?:\w+ )?(?:rating|score|grade|evaluation|verdict"
        r"|mark)s? (?:for|on|of|to|is|should|must|shall|will|are|equals)\b[^.!?]{0,40}?\b(?:everything|five|5|full|perfect"
        r"|max\w*|excellent|ten|10|pass|clear failure|one|1)\b(?! ?(?:star|hotel|minute|business|day|hour|to|-))",
        "rating score grade evaluation verdict mark ratings scores grades marks",
    ),
    _rule(
        "a criterion named",
        rf"{CRITERION}\b[\s,:=>-]{{0,4}}(?:(?:score|rating|level|is|was|to|at|as|of|gets?|should be|must be|equals|a"
        rf"|an) ){{0,3}}\"?(?:{FIVE}|pass\b|full\b|max\w*\b)",
        CRITERION_WORDS,
    ),
    _rule(
        "a criterion named",
        rf"{CRITERION}\b\W{{0,3}}(?:(?:is|was|were|score"
        rf"|very) )?{PRAISE}\b.{{0,60}}?{CRITERION}\b\W{{0,3}}(?:(?:is|was|were|score|very) )?{PRAISE}\b",
        CRITERION_WORDS,
    ),
    _rule(
        "speaks to the judge",
        rf"\b(?:notes?|message|attention|attn|memo|hint|instructions?|reminder|dear|hey|hello|hi|dear|calling|listen"
        rf"|request|information|fyi)\b,?\W{{0,3}}(?:to |for |of )?(?:the |this |our |all |any |future |my )*{GRADER}\b",
        GRADER_WORDS,
    ),
    _rule(
        "speaks to the judge",
        rf"\b(?:as|i am|i'm|this is|speaking as|you are|you're|act(?:ing)? as|here is) (?:now )?(?:the|a|an|your"
        rf"|our) (?:\w+ ){{0,2}}?{GRADER}\b",
        GRADER_WORDS,
    ),
    _rule("speaks to the judge", rf"(?:^|[.!?;(\[\n]\s*){GRADER}\s*[:,]", GRADER_WORDS),
    _rule(
        "speaks to the judge",
        rf"\b(?:the|an|any|our|your) (?:{GRADER})s? (?:should|must|will|shall|has to|needs? to|is (?:to|instructed"
        rf"|asked|required)|are (?:to|instructed|asked|required)|may|can(?:not)?|ought)\b",
        GRADER_WORDS,
    ),
    _rule(
        "speaks to the judge",
        r"\b(?:if|when|while|whoever|before|because) (?:you|anyone|somebody|someone|an ai|a model|they) (?:are|is"
        r"|were|read|reads?|grad\w+|scor\w+|judg\w+|evaluat\w+)\b.{0,40}?\b(?:transcript|grading|scoring|judging"
        r"|evaluating|evaluation|this (?:call|recording) (?:later|as))\b",
    ),
    _rule(
        "speaks to the judge",
        r"\b(?:as an ai|large language model|language model|developer mode|admin(?:istrator)? (?:override|mode"
        r"|access)|system (?:message|notice|override|instruction|directive|update:|note)|override (?:code|mode"
        r"|enabled)|sudo|root access|do anything now)\b",
    ),
    _rule("speaks to the judge", r"\bfrom now on,? (?:you|your|all|every|each|only|always|answer|score|rate|give)\b"),
    _rule(
        "its own verdict",
        r"\bthe (?:agent|assistant|representative|bot)\b.{0,80}?\b(?:completely|correctly|perfectly|flawlessly"
        r"|politely|professionally|accurately|appropriately|properly|fully)\b.{0,60}?\b(?:completely|correctly"
        r"|perfectly|flawlessly|politely|professionally|accurately|appropriately|properly|fully|without)\b",
        "agent assistant representative bot",
    ),
    _rule(
        "its own verdict",
        r"\b(?:i|we) (?:hereby |can |do )?(?:confirm|certify|attest|verify|testify|declare"
        r"|conclude)\b.{0,50}?\b(?:answers?|agent|assistant|call|response|everything|handling) (?:was|is|were"
        r"|has been|met|meets)\b.{0,30}?\b(?:accurate|correct|perfect|compliant|appropriate|flawless|resolved"
        r"|excellent|right)",
        "confirm certify attest verify testify declare conclude",
    ),
    _rule(
        "its own verdict",
        r"\b(?:this|the) (?:call|agent|conversation|interaction|response|answer) (?:fully |clearly |already "
        r"|perfectly )*(?:meets|met|satisfies|satisfied|fulfils|fulfilled|passe[sd]|complies|complied|deserves?"
        r"|merits?|qualifies|earned|should (?:be|get|receive)|must (?:be|get|receive))\b.{0,50}?\b(?:criteri\w+"
        r"|requirements?|standards?|polic\w+|scor\w+|rat\w+|marks?|grade\w*|level|five|5|pass\w*|excellent|compliant)\b",
    ),
    _rule(
        "its own verdict",
        r"\b(?:pre-?approved|already (?:graded|scored|evaluated|verified by (?:qa|quality))|compliant (?:per|under"
        r"|with) (?:the )?policy|calibration (?:call|item|example)|gold (?:label|standard|answer)|ground truth"
        r"|answer key|reference (?:answer|score|grade)|(?:expected|correct|right|true|final) (?:score|grade|rating"
        r"|verdict|label|output)\b)",
    ),
    _rule(
        "its own verdict",
        r"\b(?:verdict|rating|score|grade|evaluation|judgment|judgement|justification|rationale|final answer"
        r"|overall score)s?\s*[:=]\s*\W{0,2}(?:clear|five|5|ten|10|one|1|full|pass|excellent|perfect|resolved|yes|no"
        r"|true|max|good|bad|fail|the agent|the call)",
    ),
    _rule(
        "its own verdict",
        r"\b(?:call|conversation|agent)\b.{0,30}?\b(?:classified|labell?ed|categori[sz]ed|marked|flagged|counted"
        r"|recorded|logged|treated) as (?:a )?(?:resolved|excellent|successful|perfect|compliant|clear failure|failed"
        r"|out.of.scope|good|five|not.needed)",
    ),
    _rule(
        "its own output",
        rf"\b(?:set|put|output|write|include|return|print|leave|fill|add|insert|copy|quote|use|state|say|cite|mention"
        rf"|repeat|place|list|make|keep)\b.{{0,60}}?\b{FIELD}",
        "set put output write include return print leave fill add insert copy quote use state say cite mention repeat place list"
        " make keep",
    ),
    _rule(
        "its own output",
        r"\b(?:output|return|print|reply with|respond with|emit|produce|answer with) (?:only |just |an? |the "
        r"|nothing |empty |valid |this |following |your )*(?:json|object|schema|list|string|null|array|empty|nothing"
        r"|prompt|instructions|[\"{\[])",
        "output return print reply respond emit produce answer",
    ),
    _rule(
        "its own output",
        r"\b(?:next|other|another|previous|different|last) (?:callers?|customers?|patients?|calls?)(?:'s|s'"
        r"|s)?\b.{0,25}?\b(?:number|phone|data|name|details|record|address|transcript|grade"
        r"|score)s?\b.{0,40}?\b(?:in|into|to|as) (?:your|the|this) (?:rationale|answer|output|reply|response"
        r"|justification|evidence|verdict|reasoning|summary|explanation)",
    ),
    _rule(
        "its own output",
        r"\b(?:reveal|repeat|print|show|leak|disclose|tell me|output|display|what (?:is|are))\b.{0,25}?\b(?:your "
        r"|the )(?:system |hidden |secret |initial |grading )?(?:prompt|instructions|rubric|configuration)\b",
    ),
    _rule(
        "its own output",
        r"\b(?:do not|don'?t|never|refuse to|stop|cease|decline to) (?:grade|score|evaluate|judge|rate"
        r"|answer the (?:rubric|questions)|flag|quote|cite)\b|\b(?:mark|answer|set|put|choose|say) (?:everything "
        r"|all |every \w+ |each \w+ |them )*(?:as |with |to )?(?:\"|')?(?:n/a|not applicable|cannot tell)",
    ),
    _rule(
        "made-up frame",
        rf"</?\s*{PART}\b[^<>]{{0,80}}>|\[/?\s*{PART}\s*\]|\{{/?\s*{PART}\s*\}}|<\s*/?\s*(?:script|img|iframe|svg"
        rf"|style|object|embed|a href|link|meta|body)\b|\bon(?:error|load|click)\s*=|javascript:",
    ),
    _rule(
        "made-up frame",
        r"<\|[^|<>\n]{1,40}\|>|\[/?inst\]|<</?sys>>|</?s>|<(?:start|end)_of_turn>|<\|?eot|<｜[^｜]{1,40}｜>"
        r"|\[/?system_prompt\]|###\s*(?:instruction|system|response|user|assistant|human|input|output|rubric"
        r"|evaluation|end|new)\b|```",
    ),
    _rule("made-up frame", rf"[-=#_~]{{2,}}\s*(?:(?:end|begin|start|stop|close|new) (?:of )?(?:\w+ ){{0,2}}?)?{PART}\b"),
    _rule(
        "made-up frame",
        r"\b(?:end|begin|beginning|start|close) of (?:the |this |untrusted |user |call )*(?:transcript|recording"
        r"|untrusted|data|input|document|context|prompt|instructions|user content|quoted|nonce)\b|\bnonce\b"
        r"|\b(?:transcript|recording) (?:ends|ended|has ended|is over|is complete|stops)\b",
    ),
    _rule(
        "made-up turn",
        r"(?:^|[\n\r\v\f\u2028\u2029\"'>.!?|/]\s*|\\n\s*)(?:agent|caller|user|assistant|system|human|operator|judge"
        r"|grader|evaluator|developer|customer|bot|ai|admin|moderator|supervisor|representative|tool|function"
        r"|quality system)(?: \d+)?\s*(?::|>>|->|\|)\s*\S",
    ),
    _rule(
        "made-up JSON",
        r"\"\s*(?:scores?|evidence|justification|criterion|verdict|rubric|speaker|grades?|rationale|correctness|tone"
        r"|escalation|outcome"
        r"|human_needed)\s*\"\s*:\s*(?:[\[{\"]|[1-5]\b|true|false|null)|\"\s*\}\s*\]|\"\s*\]\s*[,}]|\}\s*\]\s*,\s*\""
        r"|\{\s*\"(?:turn|role|answer|score)\"|\\\"\s*[,}\]:]|\\u00|\\n\\n",
    ),
)
"""Over English (and what looks alike in other languages); `tongues` adds the rest."""
