using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Tokenline.Billing.Export;

/// <summary>
/// Writes text and lines on A4 pages as PDF 1.7 (ISO 32000-1), with two fonts that every reader brings along: Helvetica, and for everything that is not ASCII the song typeface of Adobe-GB1 (9.7.5.2,
/// table 118: <c>UniGB-UCS2-H</c>). So no font is shipped or installed, a page of Chinese is a few kilobytes, and its text can be searched and copied.
/// </summary>
internal sealed class PdfPaper
{
    public const double Width = 595;
    public const double Height = 842;

    /// <summary>Of Helvetica, from the blank to the tilde, in thousandths of the size (its AFM file).</summary>
    private static readonly short[] widths =
    [
        278,
        278,
        355,
        556,
        556,
        889,
        667,
        191,
        333,
        333,
        389,
        584,
        278,
        333,
        278,
        278,
        556,
        556,
        556,
        556,
        556,
        556,
        556,
        556,
        556,
        556,
        278,
        278,
        584,
        584,
        584,
        556,
        1015,
        667,
        667,
        722,
        722,
        667,
        611,
        778,
        722,
        278,
        500,
        667,
        556,
        833,
        722,
        778,
        667,
        778,
        722,
        667,
        611,
        722,
        667,
        944,
        667,
        667,
        611,
        278,
        278,
        278,
        469,
        556,
        333,
        556,
        556,
        500,
        556,
        556,
        278,
        556,
        556,
        222,
        222,
        500,
        222,
        833,
        556,
        556,
        556,
        556,
        333,
        500,
        278,
        556,
        500,
        722,
        500,
        500,
        500,
        334,
        260,
        334,
        584,
    ];
    private const short WideWidth = 1000;

    private readonly List<StringBuilder> pages = [];

    public int Pages => pages.Count;

    public void NewPage() => pages.Add(new StringBuilder());

    /// <summary>In points, from the left and from the top of the page that is the last.</summary>
    public void Text(double x, double y, double size, string text) => Text(pages.Count - 1, x, y, size, text);

    public void TextRight(double x, double y, double size, string text) => Text(x - WidthOf(text, size), y, size, text);

    public void Text(int page, double x, double y, double size, string text)
    {
        foreach (var run in Runs(text))
        {
            var isWide = !IsNarrow(run[0]);
            pages[page]
                .Append(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"BT /{(isWide ? "W" : "N")} {size:0.##} Tf {x:0.##} {Height - y:0.##} Td {(isWide ? Wide(run) : Narrow(run))} Tj ET\n"
                    )
                );
            x += WidthOf(run, size);
        }
    }

    public void Rule(double y) =>
        pages[^1]
            .Append(string.Create(CultureInfo.InvariantCulture, $"0.5 w 50 {Height - y:0.##} m {Width - 50:0.##} {Height - y:0.##} l S\n"));

    public static double WidthOf(string text, double size) => text.Sum(c => IsNarrow(c) ? widths[c - ' '] : WideWidth) * size / 1000;

    /// <summary>As much of a text as fits.</summary>
    public static string Fit(string text, double size, double width)
    {
        if (WidthOf(text, size) <= width)
            return text;
        var length = text.Length;
        while (length > 0 && WidthOf(text[..length] + "..", size) > width)
            length--;
        return text[..length] + "..";
    }

    public byte[] ToBytes(string title)
    {
        var file = new MemoryStream();
        var offsets = new List<long>();
        var (pageTree, narrow, wide, descendant, descriptor, info) = (2, 3, 4, 5, 6, 7);
        const int Fixed = 7;
        Raw("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
        Object(1, $"<< /Type /Catalog /Pages {pageTree} 0 R >>");
        Object(
            pageTree,
            $"<< /Type /Pages /Count {pages.Count} /Kids [{string.Join(' ', pages.Select((_, i) => $"{Fixed + 1 + (i * 2)} 0 R"))}] >>"
        );
        Object(narrow, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        Object(
            wide,
            $"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H /DescendantFonts [{descendant} 0 R] >>"
        );
        Object(
            descendant,
            $"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor {descriptor} 0 R >>"
        );
        Object(
            descriptor,
            "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
        );
        Object(info, $"<< /Title {Hex(title)} /Producer (Tokenline) >>");
        for (var i = 0; i < pages.Count; i++)
        {
            var number = Fixed + 1 + (i * 2);
            Object(
                number,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<< /Type /Page /Parent {pageTree} 0 R /MediaBox [0 0 {Width} {Height}] /Resources << /Font << /N {narrow} 0 R /W {wide} 0 R >> >> /Contents {number + 1} 0 R >>"
                )
            );
            var content = Deflated(pages[i].ToString());
            Begin(number + 1);
            Raw($"<< /Length {content.Length} /Filter /FlateDecode >>\nstream\n");
            file.Write(content);
            Raw("\nendstream\nendobj\n");
        }
        var table = file.Position;
        Raw($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            Raw($"{offset:0000000000} 00000 n \n");
        Raw($"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R /Info {info} 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return file.ToArray();

        void Object(int number, string body)
        {
            Begin(number);
            Raw($"{body}\nendobj\n");
        }

        void Begin(int number)
        {
            offsets.Add(file.Position);
            Raw($"{number} 0 obj\n");
        }

        void Raw(string text) => file.Write(Encoding.Latin1.GetBytes(text));
    }

    private static bool IsNarrow(char c) => c is >= ' ' and <= '~';

    private static IEnumerable<string> Runs(string text)
    {
        var clean = string.Concat(
            text.Select(c =>
                char.IsControl(c) ? ' '
                : char.IsSurrogate(c) ? '?'
                : c
            )
        );
        for (var from = 0; from < clean.Length; )
        {
            var to = from + 1;
            while (to < clean.Length && IsNarrow(clean[to]) == IsNarrow(clean[from]))
                to++;
            yield return clean[from..to];
            from = to;
        }
    }

    private static string Narrow(string run) =>
        $"({run.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal)})";

    private static string Wide(string run) => $"<{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(run))}>";

    private static string Hex(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private static byte[] Deflated(string content)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new ZLibStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(Encoding.Latin1.GetBytes(content));
        return bytes.ToArray();
    }
}
