using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Endpoints;

/// <summary><c>x-request-id</c>, on every answer of the API.</summary>
internal static class RequestId
{
    private const string Header = "x-request-id";

    /// <summary>Of a call: made of its charge's id, so that each leads to the other.</summary>
    public static void Give(HttpContext context, ChargeId charge) =>
        context.Response.Headers[Header] = new Id<RequestKind>(charge.Value).ToString();

    public static void Give(HttpContext context, IdSource ids) => Give(context, ids.Next<ChargeKind>());

    private sealed class RequestKind : IIdKind
    {
        public static string Prefix => "req";
    }
}
