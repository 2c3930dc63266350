using System.Text;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary>A field of a form (RFC 7578): its name, and where its content lies in the body.</summary>
internal readonly record struct FormPart(string Name, ByteRange Content);

/// <summary>Finds the fields of a form in a body that is whole, without copying them.</summary>
internal static class FormParts
{
    private const int PartsMax = 64;

    public static IReadOnlyList<FormPart> Of(ReadOnlySpan<byte> body, string boundary)
    {
        var parts = new List<FormPart>();
        var mark = Encoding.ASCII.GetBytes("--" + boundary);
        var at = body.IndexOf(mark);
        while (at >= 0 && parts.Count < PartsMax)
        {
            at += mark.Length;
            if (body[at..].StartsWith("--"u8))
                break;
            var head = body[at..].IndexOf("\r\n\r\n"u8);
            if (head < 0)
                break;
            var content = at + head + 4;
            var length = body[content..].IndexOf([.. "\r\n"u8, .. mark]);
            if (length < 0)
                break;
            if (NameOf(Encoding.UTF8.GetString(body.Slice(at, head))) is { } name)
                parts.Add(new FormPart(name, new ByteRange(content, length)));
            at = content + length + 2;
        }
        return parts;
    }

    private static string? NameOf(string head)
    {
        foreach (var line in head.Split("\r\n"))
        {
            if (!line.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var piece in line.Split(';', StringSplitOptions.TrimEntries))
            {
                if (piece.StartsWith("name=", StringComparison.OrdinalIgnoreCase))
                    return piece["name=".Length..].Trim('"');
            }
        }
        return null;
    }
}
