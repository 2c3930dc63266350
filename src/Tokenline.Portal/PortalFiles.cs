using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Tokenline.Portal;

/// <summary>The style sheet and the scripts. Embedded, because a host that runs from its build folder has no web root.</summary>
internal sealed class PortalFile
{
    private readonly byte[] bytes;
    private readonly string hash;
    private readonly string contentType;

    private PortalFile(string name, string contentType, IEnumerable<string>? parts = null)
    {
        using var all = new MemoryStream();
        foreach (var part in parts ?? [name])
        {
            using var stream =
                typeof(PortalFile).Assembly.GetManifestResourceStream(part)
                ?? throw new InvalidOperationException($"{part} is not in the assembly");
            stream.CopyTo(all);
        }
        bytes = all.ToArray();
        hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        this.contentType = contentType;
        Path = "/" + name;
    }

    public string Path { get; }

    /// <summary>Carries the hash of its content, so that it may be cached for ever.</summary>
    public string Address => $"{Path}?v={hash}";

    public static PortalFile Style(string name) => new(name, "text/css; charset=utf-8");

    /// <summary>One style sheet of all in a folder, in the order of their names.</summary>
    public static PortalFile Styles(string name, string folder) =>
        new(
            name,
            "text/css; charset=utf-8",
            typeof(PortalFile)
                .Assembly.GetManifestResourceNames()
                .Where(part => part.StartsWith(folder + "/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );

    public static PortalFile Script(string name) => new(name, "text/javascript; charset=utf-8");

    public IResult Serve(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(bytes, contentType, entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }
}

internal static class PortalFiles
{
    public static readonly PortalFile Style = PortalFile.Style("portal.css");
    public static readonly PortalFile Consoles = PortalFile.Styles("consoles.css", "consoles");
    public static readonly PortalFile Script = PortalFile.Script("portal.js");
    public static readonly PortalFile Playground = PortalFile.Script("playground.js");
    public static readonly PortalFile Passkey = PortalFile.Script("passkey.js");

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var file in new[] { Style, Consoles, Script, Playground, Passkey })
            routes.MapGet(file.Path, file.Serve).ExcludeFromDescription();
    }
}
