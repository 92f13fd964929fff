"""The words of the detector's rules by their sense, as pieces of patterns; *_WORDS: what a rule with the piece needs."""

from __future__ import annotations

ASIDE = (
    r"\b(?:ignor\w*|disregard\w*|overrid\w*|forget\w*|bypass\w*|discard\w*|neglect\w*|supersede\w*|suspend\w*|abandon\w*|skip\w*"
    r"|replac\w+|revoke\w*|void\w*|put aside|set aside|throw (?:out|away)|pay no attention to|stop (?:using|following|applying)"
    r"|(?:do not|don'?t|no longer|never) (?:use|apply|follow|consider|obey|heed|rely on|stick to))\b"
)
ASIDE_WORDS = (
    "ignore disregard overrid forget bypass discard neglect supersede suspend abandon skip replace revoke void put set throw pay"
    " stop do don no never"
)
SCALE = (
    r"(?:\brubri[ck]\w*|\b(?:scoring|grading|rating|evaluation|assessment|judging|marking"
    r"|quality)[ -]?(?:criteri\w+|rules?|guidelines?"
    r"|instructions?|schem\w+|standards?|policy|guide|form|sheet|system|task|process|rubric\w*|matrix|scale)\b"
    r"|\bsystem prompt\b|\b(?:the|all|your|these|any|those|written|given) criteri(?:a|on)\b|\b(?:evaluator|grader)'?s? \w+"
    r"|\bhow you (?:were|are|have been) (?:told|asked|instructed) to (?:score|grade|rate|judge|evaluate)\b)"
)
SCALE_WORDS = "rubric scoring grading rating evaluation assessment judging marking quality system criteria evaluator grader how"
TOLD = (
    r"\b(?:previous|prior|above|earlier|preceding|your|system|original|initial|former|existing|all|any) (?:\w+ ){0,2}?"
    r"(?:instructions?|prompts?|guidelines|directives|programming|rules)\b"
)
FIVE = r"(?:fives?|5(?:\.0)?|tens?|10|100|one|1|zero|0)(?![\w:]|[.,]\d)"
NOT_TIME = (
    r"(?! ?(?:minutes?|moments?|seconds?|hours?|days?|more|time|way|of (?:the|my|our|your|them|these|those)|o'?clock"
    r"|a\.?m|p\.?m|%|percent))"
)

BEST = (
    r"(?:(?:full|top|perfect|max(?:imum)?|highest(?: possible)?|best(?: possible)?|lowest(?: possible)?|minimum|worst) "
    r"(?:scores?|marks?|ratings?|grades?|points|level|verdict|result)\b|(?:five|5|ten|10)[ -](?:out of|of|over"
    r"|/)[ -](?:five|5|ten|10)\b"
    r"|\b(?:5/5|10/10|100/100|a\+(?!\w))|\ball (?:fives|tens|ones|5s|10s|1s)\b|\b(?:straight|fives) (?:fives"
    r"|across|throughout|everywhere)\b"
    r"|\bfull stars\b|\bfive stars? (?:on|for|in|across) (?:everything|all|every)\b)"
)
GIVE = (
    r"\b(?:give|giving|mark|score|rate|grade|set|assign|award|put|enter|record|write|output|return|answer|select"
    r"|choose|pick|print"
    r"|respond|reply|fill|evaluate|assess|judge|make|report|emit|grant|deserves?|earns?|receives?|gets?|merits?)\b"
)
GIVE_WORDS = (
    "give giving mark score rate grade set assign award put enter record write output return answer select choose pick print"
    " respond reply fill evaluate assess judge make report emit grant deserve earn receive get gets merit"
)
JUDGED = (
    r"\b(?:(?:this|the|that) (?:whole |entire )?(?:call|agent|conversation|interaction|assistant|bot"
    r"|representative|transcript|recording|dialog\w*)"
    r"|every(?: single)? (?:criteri\w+|categor\w+|dimension|score|rating|metric|question|item|check|field)"
    r"|each (?:criteri\w+|categor\w+"
    r"|dimension|score|rating|metric|check)|all (?:the )?(?:criteri\w+|categor\w+|dimensions|scores|ratings|metrics|checks)"
    r"|(?:on|for|in|to|at) (?:everything|all of (?:it|them)|every one|each one|all counts)|across the board"
    r"|everything(?! (?:on|in|into|onto) )\b)"
)
CRITERION = (
    r"\b(?:correctness|accuracy|tone|escalation|empathy|resolution|helpfulness|professionalism|politeness|compliance|courtesy"
    r"|clear failure|human needed|human_needed|missed escalation|wrong information|faithfulness|conciseness)"
)
CRITERION_WORDS = (
    "correctness accuracy tone escalation empathy resolution helpfulness professionalism politeness compliance courtesy clear"
    " human missed wrong faithfulness conciseness"
)
PRAISE = (
    r"(?:excellent|perfect|flawless|outstanding|appropriate|impeccable|exemplary|superb|good|great|correct|terrible"
    r"|awful|failed|bad)"
)

GRADER = (
    r"(?:evaluator|evaluating (?:model|system|ai)|grader|grading (?:model|system|ai|assistant)|judge"
    r"|judging (?:model|system|ai)|rater|scorer|assessor"
    r"|auditor|reviewer|(?:quality|qa) (?:analyst|system|team|model|reviewer|bot|assurance|monitor\w*|department|engine|checker)"
    r"|(?:ai|automated|automatic) (?:grader|judge|reviewer|evaluator|auditor|system|model|assistant|reader)"
    r"|language model|llm|whoever (?:is )?(?:grad|scor|judg|rat|evaluat)\w+"
    r"|anyone (?:grading|scoring|judging|evaluating)|you who (?:grade|score|judge|evaluate))"
)
GRADER_WORDS = (
    "evaluator evaluating grader grading judge judging rater scorer assessor auditor reviewer quality qa ai automated automatic"
    " language llm whoever anyone you"
)
PART = (
    r"(?:transcript|rubric|output|recording|system|assistant|user|instructions?|scores?|grade|criteri\w+|context"
    r"|evaluation|prompt|conversation|human|admin|untrusted|answer|evidence|verdict|policy|thinking|think|response"
    r"|example|developer|judge|grader)"
)

FIELD = (
    r"(?:rationale|justification|evidence|verdict|(?:score|rating|grade|answer|result|evidence|quote)s? (?:field"
    r"|column|box|list|quote|section|key|value|array)s?)"
)
FIVE_WORDS = "five fives 5 ten tens 10 100 one 1 zero 0"
BEST_WORDS = "score mark rating grade points level verdict result five fives 5 ten tens 10 100 ones straight stars 5s 10s 1s"
