package roster

import (
	"regexp"
	"strings"
	"time"

	"fugong/internal/intake"
)

// The types of identity documents (证件类型).
const (
	IdentityCard       = "居民身份证"
	ResidencePermit    = "港澳台居民居住证"
	HongKongPermit     = "港澳居民来往内地通行证"
	TaiwanPermit       = "台湾居民来往大陆通行证"
	Passport           = "护照"
	PermanentResidence = "外国人永久居留身份证"
)

var (
	scientific   = regexp.MustCompile(`^\d(\.\d+)?E\+?0?\d{2}$`)
	masked       = regexp.MustCompile(`[*●○•×#?…]|\.\.\.|X{3,}|_{2,}`)
	cardShape    = regexp.MustCompile(`^\d{17}[\dX]$`)
	hongKong     = regexp.MustCompile(`^[HM]\d{8,10}$`)
	taiwan       = regexp.MustCompile(`^\d{8}$`)
	oldResidence = regexp.MustCompile(`^[A-Z]{3}\d{12}$`)
	anyPassport  = regexp.MustCompile(`^[A-Z0-9]{5,17}$`)
	plainlyOne   = regexp.MustCompile(`^[A-Z]{1,2}\d{7,8}$`) // a passport even when nobody says so
)

// ParseDocument reads an identity document of a stated type, or of the type its number's shape tells when none is stated. The
// number comes back normalised: no spaces, upper case. A fault is an *intake.Flaw of ID_SCI, ID_MASKED, ID_LENGTH, ID_DATE,
// ID_CHECKSUM, or WORD for a type nobody knows; its message shows the last four characters only.
func ParseDocument(docType, text string) (Document, error) {
	number := strings.ToUpper(intake.Fold(text))
	number = strings.TrimLeft(number, "'`‘’")
	kind, err := parseType(docType)
	if err != nil {
		return Document{}, err
	}
	if err := unusable(number); err != nil {
		return Document{}, err
	}
	if kind == "" {
		kind = shapeOf(number)
	}
	if err := checkNumber(kind, number); err != nil {
		return Document{}, err
	}
	return Document{Type: kind, Number: number}, nil
}

// ReadDocument reads the identity document of a row. A number that the spreadsheet kept as a number and not as text has lost
// what stood behind its fifteenth digit, even when the check digit happens to fit.
func ReadDocument(r *intake.Reader, typeColumn, numberColumn string) Document {
	text := r.Code(typeColumn)
	cell := r.Cell(numberColumn)
	if cell.Serial && len(cell.Text) > 15 {
		r.Fail(numberColumn, lostDigits(cell.Text))
		return Document{}
	}
	number := r.Text(numberColumn)
	if number == "" {
		return Document{} // the reader has noted that it is missing
	}
	doc, err := ParseDocument(text, number)
	if err != nil {
		r.Fail(numberColumn, err)
	}
	return doc
}

func parseType(text string) (string, error) {
	switch strings.ToUpper(intake.Fold(text)) {
	case "", "其他", "/":
		return "", nil
	case IdentityCard, "身份证", "二代身份证", "第二代身份证", "中华人民共和国居民身份证", "居民身份证(户口簿)", "公民身份证", "01":
		return IdentityCard, nil
	case ResidencePermit, "港澳居民居住证", "台湾居民居住证", "居住证":
		return ResidencePermit, nil
	case HongKongPermit, "港澳通行证", "港澳居民通行证", "回乡证", "港澳来往内地通行证":
		return HongKongPermit, nil
	case TaiwanPermit, "台胞证", "台湾通行证", "台湾居民通行证", "台湾来往大陆通行证":
		return TaiwanPermit, nil
	case Passport, "外国护照", "中国护照", "PASSPORT":
		return Passport, nil
	case PermanentResidence, "外国人永久居留证", "永久居留证", "永居证", "外国人居留证":
		return PermanentResidence, nil
	}
	return "", intake.NewFlaw(intake.BadWord, "证件类型%s不能识别，应为%s", intake.Quote(text),
		strings.Join([]string{IdentityCard, ResidencePermit, HongKongPermit, TaiwanPermit, Passport}, "、")+"或"+PermanentResidence)
}

// unusable finds the numbers that are no longer numbers: masked ones and those a spreadsheet has spoilt.
func unusable(number string) error {
	switch {
	case scientific.MatchString(strings.TrimSuffix(number, ".0")):
		return lostDigits(number)
	case masked.MatchString(number):
		return intake.NewFlaw(intake.IDMasked, "号码“%s”被遮盖，无法对应到人，需要完整号码", intake.Tail(number))
	case strings.HasSuffix(number, ".0") || strings.HasSuffix(number, ".00"):
		return lostDigits(number)
	case cardShape.MatchString(number) && strings.HasSuffix(number, "000") && number[17] != checkDigit(number):
		return lostDigits(number)
	}
	return nil
}

func lostDigits(number string) error {
	return intake.NewFlaw(intake.IDSci, "号码被表格软件当作数字存成“%s”，15位以后的数字已丢失，请把该列设为文本后重新填写", shown(number))
}

// shown gives the first digits and the exponent, which tell nobody's number, and else the last four.
func shown(number string) string {
	mantissa, exponent, ok := strings.Cut(number, "E")
	if !ok {
		return intake.Tail(number)
	}
	return mantissa[:min(len(mantissa), 4)] + "…E" + exponent
}

// shapeOf tells the type of a document by its number. What fits nothing is taken for an identity card, and judged as one.
func shapeOf(number string) string {
	switch {
	case cardShape.MatchString(number) && number[0] == '9':
		return PermanentResidence
	case cardShape.MatchString(number) && (number[:2] == "81" || number[:2] == "82" || number[:2] == "83"):
		return ResidencePermit
	case hongKong.MatchString(number):
		return HongKongPermit
	case taiwan.MatchString(number):
		return TaiwanPermit
	case oldResidence.MatchString(number):
		return PermanentResidence
	case plainlyOne.MatchString(number):
		return Passport
	}
	return IdentityCard
}

func checkNumber(kind, number string) error {
	ok := true
	switch kind {
	case HongKongPermit:
		ok = hongKong.MatchString(number)
	case TaiwanPermit:
		ok = taiwan.MatchString(number)
	case Passport:
		ok = anyPassport.MatchString(number)
	case PermanentResidence:
		if oldResidence.MatchString(number) {
			return nil
		}
		return checkCard(kind, number)
	default:
		return checkCard(kind, number)
	}
	if !ok {
		return intake.NewFlaw(intake.IDLength, "号码“%s”不合%s的格式，请核对证件类型和号码", intake.Tail(number), kind)
	}
	return nil
}

// checkCard checks a number of eighteen characters by GB 11643: shape, date of birth, check digit. The area code is not looked
// at: codes of areas long merged stay on cards.
func checkCard(kind, number string) error {
	if !cardShape.MatchString(number) {
		hint := ""
		if len(number) == 15 {
			hint = "（15位的一代证已停用）"
		}
		return intake.NewFlaw(intake.IDLength, "号码“%s”有%d个字符%s，%s应为17位数字加1位校验码", intake.Tail(number), len([]rune(number)), hint, kind)
	}
	// Month and day are shown, which are wrong, but not the year, which would tell more than the message needs.
	if _, err := time.Parse("20060102", number[6:14]); err != nil || number[6:8] != "19" && number[6:8] != "20" {
		return intake.NewFlaw(intake.IDDate, "号码“%s”中的出生日期 %s月%s日 不是日历上有的日期，请核对", intake.Tail(number), number[10:12], number[12:14])
	}
	if number[17] != checkDigit(number) {
		return intake.NewFlaw(intake.IDChecksum, "号码“%s”的校验码不对，有一位或几位填错，请对照证件核对", intake.Tail(number))
	}
	return nil
}

// checkDigit computes the last character of a number from its seventeen digits (GB 11643, ISO 7064 MOD 11-2).
func checkDigit(number string) byte {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(number[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}
