using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Tokenline.Portal.Home;

namespace Tokenline.Portal;

/// <summary>Puts the portal into a host. It needs an IModelCatalogSource, an ICatalogStore, the ITariffs, CommerceOptions and a TimeProvider.</summary>
public static class PortalSetup
{
    private const string StylePath = "/portal.css";
    private static readonly byte[] style = ReadStyle();
    private static readonly string styleHash = Convert.ToHexStringLower(SHA256.HashData(style))[..16];

    /// <summary>Carries the hash of its content, so that it may be cached for ever.</summary>
    internal static string StyleAddress { get; } = $"{StylePath}?v={styleHash}";

    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<ShopWindowDresser>();
        services.AddOptions<KeyManagementOptions>().Configure(KeysInMemory.Use);
        return services;
    }

    public static IEndpointRouteBuilder MapPortal(this IEndpointRouteBuilder routes)
    {
        // The portal has no form yet, so it takes no POST. The first one brings UseAntiforgery() into the host, and this line goes.
        routes.MapRazorComponents<App>().WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head])).DisableAntiforgery();
        routes.MapGet(StylePath, Style).ExcludeFromDescription();
        return routes;
    }

    private static IResult Style(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(style, "text/css; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{styleHash}\""));
    }

    // Embedded, because a host that runs from its build folder has no web root.
    private static byte[] ReadStyle()
    {
        using var stream =
            typeof(PortalSetup).Assembly.GetManifestResourceStream("portal.css")
            ?? throw new InvalidOperationException("portal.css is not in the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
