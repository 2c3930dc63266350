using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>A form with one file, read where it lies.</summary>
internal sealed class MultipartForm
{
    private readonly Dictionary<string, string> fields = [];

    /// <summary>Of the body; null if there is no file.</summary>
    public Range? File { get; private set; }

    public string? this[string name] => fields.GetValueOrDefault(name);

    /// <exception cref="FormatException">It is no form.</exception>
    public static MultipartForm Read(ReadOnlySpan<byte> body, string? contentType)
    {
        if (
            !MediaTypeHeaderValue.TryParse(contentType, out var media)
            || media.MediaType != "multipart/form-data"
            || HeaderUtilities.RemoveQuotes(media.Boundary).Value is not { Length: > 0 } boundary
        )
            throw new FormatException();
        var form = new MultipartForm();
        var line = Encoding.ASCII.GetBytes($"\r\n--{boundary}");
        var start = body.IndexOf(line.AsSpan(2)) + line.Length - 2;
        if (start < line.Length - 2)
            throw new FormatException();
        while (body[start..].StartsWith("\r\n"u8))
        {
            var length = body[start..].IndexOf(line);
            if (length < 0)
                throw new FormatException();
            form.Add(body, start + 2, start + length);
            start += length + line.Length;
        }
        return form;
    }

    private void Add(ReadOnlySpan<byte> body, int start, int end)
    {
        var part = body[start..Math.Max(start, end)];
        var headers = part.IndexOf("\r\n\r\n"u8);
        if (headers < 0)
            throw new FormatException();
        foreach (var header in Encoding.UTF8.GetString(part[..headers]).Split("\r\n"))
        {
            const string name = "content-disposition:";
            if (
                !header.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                || !ContentDispositionHeaderValue.TryParse(new StringSegment(header[name.Length..]), out var disposition)
            )
                continue;
            if (disposition.FileName.HasValue || disposition.FileNameStar.HasValue)
                File = (start + headers + 4)..end;
            else
                fields[HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? ""] = Encoding.UTF8.GetString(part[(headers + 4)..]);
        }
    }
}
