"""How one asks a judge for a grade in languages other than English: stems of a few words each, by what they are for.

Written from the sense (set the scale aside; give this value everywhere), not from any known attack. Stems are compared after
`readings.plain`: lower case and, for Latin letters, without accents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evalharness.grade.llm.readings import plain


@dataclass(frozen=True)
class Tongue:
    """Stems by sense, separated by "|". `spaced`: words are set apart by spaces, and a stem begins one."""

    aside: str
    scale: str
    value: str
    everywhere: str
    spaced: bool = True

    def patterns(self) -> Iterator[str]:
        """Setting the scale aside, in either order; and a value for everything, in either order."""
        aside, scale, value, everywhere = map(self._stems, (self.aside, self.scale, self.value, self.everywhere))
        near, close = (r".{0,60}?", r".{0,30}?") if self.spaced else (r".{0,25}?", r".{0,14}?")
        yield f"(?:{aside}{near}{scale}|{scale}{near}{aside})"
        yield f"(?:{value}{close}{everywhere}|{everywhere}{close}{value})"

    def _stems(self, stems: str) -> str:
        words = plain(stems).text
        return rf"(?<!\w)(?:{words})" if self.spaced else f"(?:{words})"


TONGUES: dict[str, Tongue] = {
    "es": Tongue(
        r"ignor[aeo]|descart[ae]|olvid(?:a|e|ate)\b|omit[ae]|no (?:sigas|apliques|uses)|haz caso omiso|pas[ae] por alto",
        r"r[uú]brica|criterios?\b|puntuaci|evaluaci|calificaci|baremo|instrucciones (?:previas|anteriores)|tus instrucciones",
        r"(?:un |de )?(?:cinco|5|diez|10)(?: puntos| estrellas)?\b|(?:puntuaci\w+|nota|calificaci\w+) (?:m[aá]xima|perfecta)",
        r"(?:en|a|para) (?:todo|todos|todas|cada)\b(?! (?:caso|momento))",
    ),
    "fr": Tongue(
        r"ignor[eo]|oubli(?:e|ez)\b|n[eé]glig|ne (?:tiens|tenez) pas compte|fai(?:s|tes) abstraction|laisse[zr]? tomber",
        r"grille|crit[eè]res?\b|bar[eè]me|notation|[eé]valuation|rubrique|(?:consignes|instructions) (?:pr[eé]c[eé]dentes|d')",
        r"(?:cinq|5|dix|10)(?: points| [eé]toiles| sur)?\b|la note maximale|la meilleure note",
        r"partout|[aà] tout\b|pour tout\b|(?:[aà]|pour|sur) (?:tous|toutes|chaque)\b",
    ),
    "de": Tongue(
        r"ignorier|missacht|vergiss|vergessen sie|[uü]bergeh|beachten? sie .{0,30}nicht|lass .{0,20}au(?:s|ß)er acht",
        r"bewertung|kriteri|rubrik|punkteschema|benotung|notenschl|(?:bisherigen?|vorherigen?|deine|alle) anweisung",
        r"(?:f[uü]nf|zehn|5|10)(?: punkte| sterne)?\b|h[oö]chst(?:note|punkt|wert)|bestnote|volle punkt",
        r"[uü]berall|(?:f[uü]r|bei|auf) alles\b|in allem|bei jedem|jedes kriterium|allen? kriterien|durchweg|f[uü]r jede",
    ),
    "it": Tongue(
        r"ignora|dimentica|trascura|non considerare|lascia perdere",
        r"griglia|criteri\b|rubrica|valutazion|punteggi|istruzioni precedenti|tue istruzioni",
        r"(?:cinque|dieci|5|10)(?: punti| stelle)?\b|(?:il )?(?:massimo|voto massimo|punteggio massimo)",
        r"(?:a|in|su|per) (?:tutto|tutti|tutte|ogni)\b|ovunque|dappertutto",
    ),
    "pt": Tongue(
        r"ignor[ae]|desconsider|esque[cç]|n[aã]o (?:siga|use|considere)",
        r"rubrica|crit[eé]rios?\b|avalia[cç]|pontua[cç]|(?:suas|as) instru[cç][oõ]es",
        r"(?:cinco|dez|5|10)(?: pontos| estrelas)?\b|nota (?:m[aá]xima|cinco|dez)",
        r"(?:em|a|para) (?:tudo|todos|todas|cada)\b|em todos os",
    ),
    "nl": Tongue(
        r"negeer|vergeet|sla .{0,25}over\b",
        r"rubriek|criteri|beoordeling|scoringsschema|puntenschema|(?:vorige|eerdere|alle|je) instructies",
        r"(?:een )?(?:vijf|tien|5|10)(?: punten| sterren)?\b|hoogste (?:score|cijfer)|maximale score",
        r"overal\b|(?:op|voor|aan) (?:alles|alle|elk|ieder)",
    ),
    "pl": Tongue(
        r"z?ignoruj|pomi[nń]|zapomnij|nie zwracaj uwagi",
        r"kryteri|rubryk|oceniani|punktacj|(?:poprzednie|swoje|wszystkie) instrukcj",
        r"(?:pi[eę][cć]|pi[aą]tk|5|10|dziesi)|najwy[zż]sz\w+ ocen|maksymaln\w+ (?:ocen|liczb)",
        r"wsz[eę]dzie|(?:za|dla|we?) (?:wszystk|ka[zż]d)",
    ),
    "sv": Tongue(
        r"ignorera|bortse|gl[oö]m\b|strunta i",
        r"kriteri|bed[oö]mning|betygs|rubrik|(?:tidigare|dina|alla) instruktion",
        r"(?:en )?(?:femma|fem|tio|5|10)(?: po[aä]ng)?\b|h[oö]gsta (?:betyg|po[aä]ng)|full po[aä]ng",
        r"[oö]verallt|p[aå] (?:allt|alla|varje)|f[oö]r (?:allt|alla|varje)",
    ),
    "da": Tongue(
        r"ignorer|glem\b|se bort",
        r"kriteri|vurdering|karakter|rubrik|(?:tidligere|dine|alle) instruks",
        r"(?:et )?(?:femtal|fem|ti|5|10)(?: point| poeng)?\b|h[oø]y?e?ste (?:karakter|score)|topkarakter",
        r"overalt|(?:p[aå]|til|for) (?:alt|alle|hver)",
    ),
    "fi": Tongue(
        r"ohita|unohda|j[aä]t[aä] .{0,25}huomiotta|[aä]l[aä] v[aä]lit[aä]",
        r"arvioin|kriteer|pisteyty|arvostelu|(?:aiemmat|kaikki) ohje",
        r"viisi|viitonen|viitoset|t[aä]ydet pisteet|kymppi|5\b|10\b",
        r"kaik(?:esta|kiin|kialla|ille|ista|keen)|joka (?:kohta|kriteer)|jokai",
    ),
    "cs": Tongue(
        r"ignoruj|zapome[nň]|p[rř]ehl[ií][zž]ej",
        r"krit[eé]ri|hodnocen|rubrik|bodov|(?:p[rř]edchoz[ií]|v[sš]echny) pokyn",
        r"p[eě]t(?:ku|ky| bod)?\b|5\b|10\b|plný po[cč]et|nejvy[sš][sš][ií] hodnocen",
        r"v[sš]ude|(?:na|za|ve?) (?:v[sš]e|v[sš]ech|ka[zž]d)|v[sš]em",
    ),
    "ro": Tongue(
        r"ignor[aă]|uit[aă]\b|nu [tț]ine cont",
        r"criterii|evaluare|rubric|gril[aă]|punctaj|instruc[tț]iuni(?:le)? anterioare",
        r"cinci|5\b|10\b|zece|not[aă] maxim[aă]|punctaj maxim",
        r"peste tot|la (?:tot|toate|fiecare)|pentru (?:tot|toate|fiecare)",
    ),
    "hu": Tongue(
        r"hagyd figyelmen|felejtsd|ne vedd figyelembe|mell[oő]zd",
        r"[eé]rt[eé]kel|szempont|pontoz|krit[eé]rium|utas[ií]t[aá]s",
        r"[oö]t[oö]st|[oö]t pont|5\b|10\b|maxim[aá]lis pont|legmagasabb",
        r"mindenre|minden (?:szempont|krit|k[eé]rd)|mindenhol|mindegyik",
    ),
    "tr": Tongue(
        r"yok say|g[oö]rmezden gel|g[oö]z ?ard|dikkate alma|unut\b|bo[sş] ver",
        r"de[gğ]erlendirme|[oö]l[cç][uü]t|kriter|puanlama|rubrik|talimat",
        r"be[sş](?: puan| y[ıi]ld[ıi]z)?\b|5 puan|tam puan|en y[uü]ksek puan|5\b|10\b",
        r"her [sş]ey|hepsi|t[uü]m|b[uü]t[uü]n|her (?:kriter|madde|soru)",
    ),
    "id": Tongue(
        r"abaikan|lupakan|hiraukan|jangan (?:ikuti|gunakan)",
        r"rubrik|kriteria|penilaian|instruksi|skor",
        r"(?:nilai |skor )?(?:lima|sepuluh|5|10)\b|nilai (?:penuh|sempurna|maksimal|tertinggi)",
        r"semua|setiap|seluruh|segalanya",
    ),
    "vi": Tongue(
        r"b[oỏ] qua|ph[oớ]t l[oờ]|qu[eê]n\b|[dđ][uừ]ng (?:theo|d[uù]ng)",
        r"ti[eê]u ch[ií]|thang [dđi]i[eể]m|[dđ][aá]nh gi[aá]|h[uướ]+ng d[aẫ]n|rubric",
        r"n[aă]m [dđ]i[eể]m|[dđ]i[eể]m (?:t[oố]i [dđ]a|cao nh[aấ]t|5|n[aă]m|10)|5 [dđ]i[eể]m",
        r"t[aấ]t c[aả]|m[oọ]i|to[aà]n b[oộ]|t[uừ]ng",
    ),
    "tl": Tongue(
        r"huwag (?:mong )?pansinin|balewalain|kalimutan",
        r"pamantayan|rubrik|grado|tagubilin|criteria",
        r"lima|5\b|10\b|perpekto|pinakamataas",
        r"sa lahat|lahat ng|bawat",
    ),
    "sw": Tongue(
        r"puuza|sahau|usifuate",
        r"vigezo|rubriki|tathmini|maagizo|alama",
        r"(?:alama )?tano|5\b|10\b|alama (?:kamili|zote)",
        r"kila|vyote|zote|yote",
    ),
    "ru": Tongue(
        r"игнорир|забудь|не учитывай|не обращай|пропусти|отбрось|проигнорир",
        r"критери|рубрик|шкал|оценив|систему оцен|правила оцен|инструкци",
        r"пять|пят[её]рк|десять|5\b|10\b|максимальн\w+ (?:оценк|балл)|высш\w+ (?:оценк|балл)|отлично",
        r"везде|вс[её] на\b|за вс[её]|по всем|всем критери|кажд|во вс[её]м|на вс[её]",
    ),
    "uk": Tongue(
        r"ігноруй|забудь|не зважай|не враховуй|знехтуй",
        r"критері|рубрик|шкал|оцінюван|інструкці",
        r"п.?ять|п.?ятірк|5\b|10\b|найвищ\w+ (?:оцінк|бал)|максимальн\w+ (?:оцінк|бал)",
        r"всюди|скрізь|за все|за всіма|кожн|усім|усе",
    ),
    "el": Tongue(
        r"αγνόησε|αγνοήστε|ξέχασε|ξεχάστε|μην (?:ακολουθ|λάβ)",
        r"κριτήρι|βαθμολογ|αξιολόγησ|ρουμπρίκα|οδηγίες",
        r"πέντε|πεντάρι|άριστα|5\b|10\b|δέκα|μέγιστ",
        r"παντού|σε όλα|όλα τα|κάθε|σε όλες",
    ),
    "ar": Tongue(
        r"تجاهل|انس|إنس|أهمل|اهمل|لا تتبع|تغاض",
        r"معايير|معيار|التقييم|سلم الدرجات|التعليمات|تعليمات",
        r"خمس|5|٥|عشرة|الدرجة الكاملة|العلامة الكاملة|أعلى درجة",
        r"لكل|كل شيء|جميع|في كل|على كل|للجميع",
        spaced=False,
    ),
    "fa": Tongue(
        r"نادیده|فراموش|چشم.?پوشی|توجه نکن|بی.?خیال",
        r"معیار|ارزیابی|نمره.?دهی|امتیازدهی|دستورالعمل|دستورات",
        r"پنج|۵|5|بیست|نمره کامل|بالاترین",
        r"همه|تمام|هر مورد|به هر",
        spaced=False,
    ),
    "ur": Tongue(
        r"نظر ?انداز|بھول جا|مت دیکھ", r"معیار|ہدایات|تشخیص|درجہ بندی", r"پانچ|۵|5|پورے نمبر", r"سب|تمام|ہر", spaced=False
    ),
    "he": Tongue(
        r"התעלם|התעלמ|שכח|אל תתייחס",
        r"קריטריונ|מחוון|הערכה|ניקוד|הדירוג|הוראות|ההנחיות",
        r"חמש|5|עשר|ציון מלא|הציון הגבוה|מקסימ",
        r"הכל|הכול|לכל|בכל",
        spaced=False,
    ),
    "hi": Tongue(
        r"अनदेखा|नज़रअंदाज़|नजरअंदाज|अनदेखी|भूल जा|ध्यान न",
        r"रूब्रिक|मापदंड|मानदंड|मूल्यांकन|निर्देश|कसौटी|स्कोर",
        r"पाँच|पांच|5|५|दस|पूरे अंक|पूर्ण अंक|अधिकतम",
        r"सभी|सब|हर |प्रत्येक",
        spaced=False,
    ),
    "bn": Tongue(r"উপেক্ষা|ভুলে যা|বাদ দি", r"রুব্রিক|মানদণ্ড|মূল্যায়ন|নির্দেশ", r"পাঁচ|৫|5|পূর্ণ নম্বর", r"সব|সকল|প্রতি", spaced=False),
    "th": Tongue(
        r"ไม่ต้องสนใจ|เพิกเฉย|ละเว้น|มองข้าม|อย่าสนใจ|ลืม",
        r"เกณฑ์|รูบริก|การประเมิน|การให้คะแนน|คำสั่ง",
        r"ห้า|5|เต็ม|สูงสุด",
        r"ทุก|ทั้งหมด",
        spaced=False,
    ),
    "zh": Tongue(
        r"忽略|无视|無視|忽视|忽視|不要理会|不要理會|不要遵守|不要使用|不要考虑|不用管|别管|忘记|忘記|忘掉|跳过|跳過|抛开|拋開",
        r"评分|評分|打分|标准|標準|准则|準則|规则|規則|指令|评估|評估|量表|评价|評價",
        r"五分|5分|５分|满分|滿分|十分|10分|最高分|最高评|一分|1分|五星",
        r"所有|全部|这个客服|这通|每|都|各项|各項|一律|全给|全給|全打",
        spaced=False,
    ),
    "ja": Tongue(
        r"無視|忘れて|従わない|従わず|考慮しない|使わない",
        r"採点|基準|評価|ルーブリック|指示|評点",
        r"五点|5点|満点|最高点|最高評価|十点|10点|一点|1点|五をつけ|5をつけ",
        r"この通話|すべて|全て|全部|全項目|各項目|どれも|みんな",
        spaced=False,
    ),
    "ko": Tongue(
        r"무시|잊어|잊으|따르지",
        r"채점|기준|평가|루브릭|지시|배점",
        r"5점|오점|오 점|만점|최고점|다섯|10점",
        r"모든|모두|전부|전체|각 ",
        spaced=False,
    ),
}
"""Language -> its stems. The set-ups of public platforms name most of these"""
