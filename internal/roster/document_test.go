package roster_test

import (
	"errors"
	"strings"
	"testing"

	"fugong/internal/intake"
	"fugong/internal/roster"
)

func TestParseDocument(t *testing.T) {
	tests := []struct {
		name, docType, text string
		wantType, want      string
	}{
		{"man", "", "320699199003070013", roster.IdentityCard, "320699199003070013"},
		{"woman", "身份证", "320699198511120027", roster.IdentityCard, "320699198511120027"},
		{"leap day", "居民身份证", "320699199602290042", roster.IdentityCard, "320699199602290042"},
		{"lower-case x and spaces", "", " 320699 19910412 018x ", roster.IdentityCard, "32069919910412018X"},
		{"full-width", "", "３２０６９９１９９１０４１２０１８Ｘ", roster.IdentityCard, "32069919910412018X"},
		{"apostrophe", "", "'320699199003070013", roster.IdentityCard, "320699199003070013"},
		{"residence permit", "", "810000199001010019", roster.ResidencePermit, "810000199001010019"},
		{"residence permit, told so", "港澳台居民居住证", "810000199001010019", roster.ResidencePermit, "810000199001010019"},
		{"hong kong", "", "h12345678", roster.HongKongPermit, "H12345678"},
		{"macau, ten digits", "港澳通行证", "M1234567890", roster.HongKongPermit, "M1234567890"},
		{"taiwan", "台胞证", "12345678", roster.TaiwanPermit, "12345678"},
		{"taiwan by its shape", "", "12345678", roster.TaiwanPermit, "12345678"},
		{"passport", "护照", "AB1234567", roster.Passport, "AB1234567"},
		{"passport of digits, told so", "passport", "123456789", roster.Passport, "123456789"},
		{"passport by its shape", "", "E12345678", roster.Passport, "E12345678"},
		{"residence of foreigners, old", "", "USA123456789012", roster.PermanentResidence, "USA123456789012"},
		{"residence of foreigners, new", "", "911124198108030024", roster.PermanentResidence, "911124198108030024"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := roster.ParseDocument(tt.docType, tt.text)
			if err != nil || got != (roster.Document{Type: tt.wantType, Number: tt.want}) {
				t.Errorf("got %+v, %v; want %s %s", got, err, tt.wantType, tt.want)
			}
		})
	}
}

func TestParseDocumentRefuses(t *testing.T) {
	tests := []struct {
		name, docType, text string
		want                intake.Code
	}{
		{"scientific", "", "3.20699E+17", intake.IDSci},
		{"scientific with digits", "", "3.2069919900307e+17", intake.IDSci},
		{"scientific of another writer", "", "3.20699199003E+017", intake.IDSci},
		{"zeros where digits were", "", "320699199003070000", intake.IDSci},
		{"with decimals", "", "320699199003070000.00", intake.IDSci},
		{"masked", "", "3206**********0012", intake.IDMasked},
		{"masked at the end", "", "32069919900307****", intake.IDMasked},
		{"masked by full-width stars", "", "3206＊＊＊＊＊＊＊＊＊＊0012", intake.IDMasked},
		{"masked by letters", "", "3206XXXXXXXXXX0012", intake.IDMasked},
		{"masked by dots", "", "3206…0012", intake.IDMasked},
		{"fifteen digits", "", "320699900307001", intake.IDLength},
		{"seventeen digits", "", "32069919900307001", intake.IDLength},
		{"nineteen digits", "", "3206991990030700133", intake.IDLength},
		{"a letter O", "", "32O699199003070013", intake.IDLength},
		{"a name", "", "韩生娜", intake.IDLength},
		{"29 February of no leap year, check digit right", "", "32069919780229003X", intake.IDDate},
		{"month 13", "", "320699199013070013", intake.IDDate},
		{"day 0", "", "320699199003000013", intake.IDDate},
		{"born in 1790", "", "320699179003070013", intake.IDDate},
		{"wrong check digit", "", "320699199003070014", intake.IDChecksum},
		{"two digits exchanged", "", "320699199003070103", intake.IDChecksum},
		{"wrong check digit of a residence permit", "港澳台居民居住证", "810000199001010018", intake.IDChecksum},
		{"hong kong, told so", "回乡证", "X12345678", intake.IDLength},
		{"taiwan, told so", "台胞证", "1234567", intake.IDLength},
		{"passport, told so", "护照", "AB-1", intake.IDLength},
		{"unknown type", "驾驶证", "320699199003070013", intake.BadWord},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := roster.ParseDocument(tt.docType, tt.text)
			flaw, ok := errors.AsType[*intake.Flaw](err)
			if !ok || flaw.Code != tt.want {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "19900307") || strings.Contains(err.Error(), "19780229") {
				t.Errorf("the message tells the number: %s", err)
			}
		})
	}
}

func FuzzParseDocument(f *testing.F) {
	for _, s := range []string{"320699199003070013", "32069919910412018x", "3.20699E+17", "3206**********0012", "H12345678", "", "９", "E+", "000000000000000000"} {
		f.Add("", s)
		f.Add("护照", s)
	}
	f.Fuzz(func(t *testing.T, docType, text string) {
		doc, err := roster.ParseDocument(docType, text)
		if err != nil {
			if _, ok := errors.AsType[*intake.Flaw](err); !ok {
				t.Errorf("%q: %v has no code", text, err)
			}
			return
		}
		again, err := roster.ParseDocument(doc.Type, doc.Number)
		if err != nil || again != doc {
			t.Errorf("%q is %+v, which reads as %+v, %v", text, doc, again, err)
		}
	})
}
