using Microsoft.AspNetCore.Http;

namespace Tokenline.Portal.Credentials;

/// <summary>Where customers reach the API: what the operator says, else where they reach the portal.</summary>
internal static class ApiAddress
{
    public static string Of(HttpContext context, PortalOptions options) =>
        options.ApiAddress?.TrimEnd('/') ?? $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}";
}
