# Prints synthetic cases as NDJSON for `dossier import`: names, dates and numbers drawn from lists by a
# seeded generator, so that every run makes the same people.  None of them exists.
#
#	awk -v seed=1 -v count=100 -v prefix=T -v first=2930000000 -f cases.awk

function draw(n) { # 0 .. n-1: a 31-bit multiplicative generator, exact in doubles
	state = (state * 16807) % 2147483647
	return state % n
}

function pick(list, n, parts) {
	n = split(list, parts, " ")
	return parts[1 + draw(n)]
}

function two(n) {
	return n < 10 ? "0" n : n
}

function member(path, value) {
	return (fields == "" ? "" : ",") "\"" path "\":" value
}

BEGIN {
	state = seed * 7919 + 1
	countries["ER"] = "Tesfay Haile Berhane Gebre Kidane Mehari|Selam Luwam Meron Yonas Filmon Senait|ti"
	countries["SY"] = "Haddad Khoury Nasser Darwish Sabbagh Issa|Rami Layla Yusuf Hanan Karim Noor|ar"
	countries["AF"] = "Ahmadi Rahimi Noorzai Karimi Azizi Popal|Farid Zahra Omid Parwin Idris Maryam|fa-AF"
	countries["TR"] = "Yılmaz Demir Kaya Şahin Çelik Öztürk|Ayşe Emre Zeynep Mehmet Elif Burak|tr"
	countries["YE"] = "Al-Hakimi Saleh Qasim Mutahar Ghanem Nagi|Amal Fares Huda Tariq Rania Waleed|ar"
	countries["SO"] = "Abdi Warsame Farah Jama Hersi Nur|Hodan Ayaan Ismail Fadumo Liban Sahra|so"
	split("ER SY AF TR YE SO", codes, " ")
	for (i = 1; i <= count; i++) {
		code = codes[1 + draw(6)]
		split(countries[code], parts, "|")
		day = 1 + draw(28)
		month = 1 + draw(10)
		fields = ""
		fields = fields member("case.v_number", sprintf("\"%.0f\"", first + i))
		fields = fields member("case.reported_on", "\"2026-" two(month) "-" two(day) "\"")
		fields = fields member("procedure.application_signed_on", "\"2026-" two(month) "-" two(day) "\"")
		fields = fields member("case.language", "\"" parts[3] "\"")
		fields = fields member("identity.family_name", "\"" pick(parts[1]) "\"")
		fields = fields member("identity.given_names", "\"" pick(parts[2]) "\"")
		# A birth date is often known by its year alone.
		birth = draw(3) ? two(1 + draw(12)) "-" two(1 + draw(28)) : "00-00"
		fields = fields member("identity.birth_date", "\"" (1958 + draw(50)) "-" birth "\"")
		fields = fields member("identity.nationalities_claimed", "[\"" code "\"]")
		fields = fields member("identity.sex", "\"" (draw(2) ? "F" : "M") "\"")
		if (draw(3) == 0)
			fields = fields member("contact.phone", "\"+3161" (1000000 + draw(8999999)) "\"")
		if (draw(4) == 0)
			fields = fields member("contact.vulnerabilities",
				"[\"" pick("pregnant disabled elderly single_parent illiterate") "\"]")
		if (draw(5) == 0)
			fields = fields member("contact.interview_preferences", "[\"female_interpreter\"]")
		printf "{\"key\":\"%s-%03d\",\"fields\":{%s}}\n", prefix, i, fields
	}
}
