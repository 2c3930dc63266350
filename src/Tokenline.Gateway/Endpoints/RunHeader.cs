using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Endpoints;

/// <summary><c>x-tokenline-run-id</c>: calls that carry the same one share a run's limits and are reported together.</summary>
internal static class RunHeader
{
    private const string Name = "x-tokenline-run-id";
    private const int LengthMax = 64;

    public static readonly Rejection Rejection = new(
        Problems.InvalidRequest,
        $"{Name} is given once, as 1 to {LengthMax} printable ASCII characters without spaces.",
        Param: Name
    );

    public static bool TryRead(HttpRequest request, out string? run)
    {
        run = null;
        if (!request.Headers.TryGetValue(Name, out var values) || values.Count == 0)
            return true;
        run = values.Count == 1 ? values[0] : null;
        return run is { Length: > 0 and <= LengthMax } && run.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
    }
}
