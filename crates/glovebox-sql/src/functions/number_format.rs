//! Redshift's number formats: `TO_CHAR(number, '999D99S')` and `TO_NUMBER(text, '99G999D9')`.

/// Characters that a format may have.
const MAX_FORMAT: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Currency,
    Group,
    Literal(char),
    /// `MI`: a minus or a space.
    Minus,
    /// `9`
    Nine,
    Point,
    /// `S`: a plus or a minus.
    Sign,
    /// `0`
    Zero,
}

/// A number format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberFormat {
    elements: Vec<Element>,
    /// `FM`: no blanks, no zeros at the end.
    tight: bool,
    /// `PR`: negative numbers in angle brackets.
    brackets: bool,
    whole: usize,
    fraction: usize,
}

impl NumberFormat {
    /// Reads a format; nothing when it has an element that is none of ours.
    pub(crate) fn parse(format: &str) -> Option<Self> {
        if format.len() > MAX_FORMAT {
            return None;
        }
        let upper = format.to_ascii_uppercase();
        let mut rest = upper.as_str();
        let mut found =
            Self { elements: Vec::new(), tight: false, brackets: false, whole: 0, fraction: 0 };
        while let Some(first) = rest.chars().next() {
            let element = match first {
                'F' if rest.starts_with("FM") => {
                    found.tight = true;
                    rest = rest.get(2..)?;
                    continue;
                }
                'P' if rest == "PR" => {
                    found.brackets = true;
                    break;
                }
                'M' if rest.starts_with("MI") => {
                    rest = rest.get(1..)?;
                    Element::Minus
                }
                '9' => Element::Nine,
                '0' => Element::Zero,
                '.' | 'D' => Element::Point,
                ',' | 'G' => Element::Group,
                '$' | 'L' => Element::Currency,
                'S' => Element::Sign,
                ' ' | ':' | '/' | '-' | '(' | ')' => Element::Literal(first),
                _ => return None,
            };
            rest = rest.get(first.len_utf8()..)?;
            let after_point = found.elements.contains(&Element::Point);
            match element {
                Element::Nine | Element::Zero if after_point => found.fraction += 1,
                Element::Nine | Element::Zero => found.whole += 1,
                Element::Point if after_point => return None,
                _ => {}
            }
            found.elements.push(element);
        }
        let signs = found.elements.iter().filter(|it| matches!(it, Element::Sign | Element::Minus));
        let digits = found.whole + found.fraction;
        let fits = (1..=38).contains(&digits) && signs.count() + usize::from(found.brackets) <= 1;
        fits.then_some(found)
    }

    /// Digits in all, and those after the point.
    pub(crate) fn digits(&self) -> (u8, u8) {
        let small = |number| u8::try_from(number).unwrap_or(38);
        (small(self.whole + self.fraction), small(self.fraction))
    }

    /// Shows digits that have this format's scale.
    pub(crate) fn show(&self, digits: i128) -> String {
        let negative = digits < 0;
        let width = self.fraction + 1;
        let all = format!("{:0>width$}", digits.unsigned_abs());
        let (whole, fraction) = all.split_at(all.len() - self.fraction);
        let whole = whole.trim_start_matches('0');
        let too_big = whole.len() > self.whole;
        let mut whole = format!("{whole:0>width$}", width = self.whole).into_bytes().into_iter();
        let mut fraction = fraction.bytes();
        let (mut out, mut started, mut after, mut seen) = (String::new(), false, false, 0);
        let mut sign_place = None;
        let zero_from = self.elements.iter().position(|it| *it == Element::Zero);
        for (place, element) in self.elements.iter().enumerate() {
            match element {
                Element::Nine | Element::Zero if after => {
                    let digit = fraction.next().map_or('0', char::from);
                    out.push(if too_big { '#' } else { digit });
                }
                Element::Nine | Element::Zero => {
                    sign_place.get_or_insert(out.len());
                    let digit = whole.next().map_or('0', char::from);
                    seen += 1;
                    started |= digit != '0' || too_big;
                    started |= zero_from.is_some_and(|it| it <= place);
                    // A number without a fraction shows at least its last digit.
                    started |= seen == self.whole && self.fraction == 0;
                    match (started, self.tight) {
                        (true, _) => out.push(if too_big { '#' } else { digit }),
                        (false, false) => out.push(' '),
                        (false, true) => {}
                    }
                }
                Element::Point => {
                    sign_place.get_or_insert(out.len());
                    (after, started) = (true, true);
                    out.push('.');
                }
                Element::Group if started => out.push(','),
                Element::Group if self.tight => {}
                Element::Group => out.push(' '),
                Element::Currency => out.push('$'),
                Element::Literal(character) => out.push(*character),
                Element::Minus if negative => out.push('-'),
                Element::Minus if self.tight => {}
                Element::Minus => out.push(' '),
                Element::Sign if sign_place.is_some() => out.push(if negative { '-' } else { '+' }),
                Element::Sign => {
                    sign_place = Some(out.len());
                }
            }
        }
        self.signed(self.without_zeros(out), sign_place.unwrap_or(0), negative)
    }

    /// `FM` drops the zeros that nines after the point stand for.
    fn without_zeros(&self, mut out: String) -> String {
        let last_is_nine = self.elements.last() == Some(&Element::Nine);
        if self.tight && self.fraction > 0 && last_is_nine {
            let fixed = self.elements.iter().rev().take_while(|it| **it == Element::Nine).count();
            for _ in 0..fixed.min(self.fraction) {
                if out.ends_with('0') {
                    out.pop();
                }
            }
        }
        out
    }

    /// Puts the sign before the first digit, behind the blanks.
    fn signed(&self, mut out: String, place: usize, negative: bool) -> String {
        let has = |element| self.elements.contains(&element);
        let first_digit = self
            .elements
            .iter()
            .position(|it| matches!(it, Element::Nine | Element::Zero | Element::Point));
        let leading_sign = self.elements.iter().position(|it| *it == Element::Sign) < first_digit;
        let rest = out.get(place..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        let place = place + blanks;
        let sign = match (negative, has(Element::Sign), has(Element::Minus), self.brackets) {
            (_, _, true, _) => "",
            (_, true, _, _) if !leading_sign => "",
            (true, true, ..) => "-",
            (false, true, ..) => "+",
            (true, _, _, true) => "<",
            (true, ..) => "-",
            (false, ..) if self.tight => "",
            (false, ..) => " ",
        };
        out.insert_str(place.min(out.len()), sign);
        if self.brackets {
            match (negative, self.tight) {
                (true, _) => out.push('>'),
                (false, false) => out.push(' '),
                (false, true) => {}
            }
        }
        out
    }

    /// Reads text of this format: its digits at this format's scale. Nothing for anything else.
    pub(crate) fn read(&self, text: &str) -> Option<i128> {
        let has = |element| self.elements.contains(&element);
        let text = text.trim_matches(' ');
        let (bracketed, text) = match text.strip_prefix('<') {
            Some(inner) if self.brackets => (true, inner.strip_suffix('>')?),
            Some(_) => return None,
            None => (false, text),
        };
        let mut negative = bracketed;
        let (mut signs, mut whole, mut fraction) = (0, String::new(), String::new());
        let mut after = false;
        let characters: Vec<char> = text.chars().collect();
        for (place, character) in characters.iter().enumerate() {
            let at_end = place + 1 == characters.len();
            let before_digits = whole.is_empty() && !after;
            match character {
                '0'..='9' if after => fraction.push(*character),
                '0'..='9' => whole.push(*character),
                '.' if !after && has(Element::Point) => after = true,
                ',' if !after && has(Element::Group) => {}
                '$' if before_digits && has(Element::Currency) => {}
                ' ' if before_digits => {}
                '-' | '+' if signs == 0 && !bracketed && (before_digits || at_end) => {
                    signs += 1;
                    negative = *character == '-';
                }
                _ => return None,
            }
        }
        let whole = whole.trim_start_matches('0');
        let fits = whole.len() <= self.whole && fraction.len() <= self.fraction;
        if !fits || characters.iter().all(|it| !it.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{fraction:0<width$}", width = self.fraction);
        let number: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Some(if negative { -number } else { number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(format: &str, digits: i128) -> String {
        NumberFormat::parse(format).unwrap().show(digits)
    }

    #[test]
    fn numbers_show_as_in_redshift() {
        for (format, digits, text) in [
            ("999D99", 12580, " 125.80"),
            ("999D99", -12580, "-125.80"),
            ("999D99S", -12588, "125.88-"),
            ("999D99S", 12588, "125.88+"),
            ("99999D99", -12588, "  -125.88"),
            ("$S999D99", -12588, "$-125.88"),
            ("9,999,999", 1_234_567, " 1,234,567"),
            ("9,999,999", 567, "       567"),
            ("0000", 12, " 0012"),
            ("999", 0, "   0"),
            ("99.99", 10, "   .10"),
            ("90.99", 10, "  0.10"),
            ("99", 123, " ##"),
            ("FM999.99", 12580, "125.8"),
            ("FM9,999", 12, "12"),
            ("999MI", -5, "  5-"),
            ("999PR", -5, "  <5>"),
            ("S999", 5, "  +5"),
        ] {
            assert_eq!(show(format, digits), text, "{format} {digits}");
        }
    }

    #[test]
    fn text_is_read_by_its_format_or_not_at_all() {
        for (format, text, digits) in [
            ("99G999D9S", "12,454.8-", Some(-124_548)),
            ("999D99", "125.8", Some(12580)),
            ("999", " -12 ", Some(-12)),
            ("$999", "$12", Some(12)),
            ("999PR", "<12>", Some(-12)),
            ("99", "123", None),
            ("999", "12a", None),
            ("999", "", None),
            ("999", "-", None),
            ("999", "1-2", None),
            ("999", "--1", None),
            ("999", "1.5", None),
            ("999D9", "1.55", None),
        ] {
            assert_eq!(NumberFormat::parse(format).unwrap().read(text), digits, "{format} {text}");
        }
    }

    #[test]
    fn a_format_with_anything_else_is_none() {
        for format in ["", "S", "99V9", "RN", "9.9.9", "S9S", "S9PR", "9x", "9th", &"9".repeat(39)]
        {
            assert_eq!(NumberFormat::parse(format), None, "{format}");
        }
    }
}
