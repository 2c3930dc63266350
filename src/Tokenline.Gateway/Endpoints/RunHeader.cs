using Microsoft.AspNetCore.Http;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Endpoints;

/// <summary><c>x-tokenline-run-id</c>, for clients that cannot add to a body's metadata; where both are given the header counts.</summary>
internal static class RunHeader
{
    private const string Name = "x-tokenline-run-id";

    public static readonly Rejection Rejection = new(Problems.InvalidRequest, $"{Name} is given once, as {RunId.Form}.", Param: Name);

    public static bool TryRead(HttpRequest request, out string? run)
    {
        run = null;
        if (!request.Headers.TryGetValue(Name, out var values) || values.Count == 0)
            return true;
        run = values.Count == 1 ? values[0] : null;
        return RunId.IsValid(run);
    }
}
