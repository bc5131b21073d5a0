// Reads CSV files given as lines `mode base64` on standard input with univocity-parsers, set up as
// AWS's C3R client does it, and writes their rows as `examples/rows.rs` does. See compare.py.
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

public class Rows {
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16));
        String line;
        while ((line = in.readLine()) != null) {
            String[] parts = line.split(" ", -1);
            String text = new String(Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            out.println(rows(text, settings(parts[0])));
        }
        out.flush();
    }

    static CsvParserSettings settings(String mode) {
        CsvParserSettings settings = new CsvParserSettings();
        settings.setLineSeparatorDetectionEnabled(true);
        settings.setMaxColumns(10000);
        settings.setMaxCharsPerColumn(-1);
        settings.setReadInputOnSeparateThread(false);
        settings.setNullValue(mode.equals("u") || mode.equals("b") ? null : "");
        settings.setEmptyValue(mode.equals("u") || mode.equals("q") ? null : "");
        return settings;
    }

    static String rows(String text, CsvParserSettings settings) {
        StringBuilder rows = new StringBuilder();
        try {
            CsvParser parser = new CsvParser(settings);
            parser.beginParsing(new StringReader(text));
            String[] row;
            while ((row = parser.parseNext()) != null) {
                rows.append("R");
                for (String field : row) {
                    if (field == null) {
                        rows.append(",N");
                    } else {
                        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
                        rows.append(",V").append(Base64.getEncoder().encodeToString(bytes));
                    }
                }
                rows.append(';');
            }
        } catch (Exception e) {
            rows.append("E").append(e.getClass().getSimpleName());
        }
        return rows.toString();
    }
}
