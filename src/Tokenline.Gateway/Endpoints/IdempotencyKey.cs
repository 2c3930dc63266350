using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Endpoints;

/// <summary>The optional <c>Idempotency-Key</c>: a second call with it within 24 hours is refused with the charge id of the first.</summary>
internal static class IdempotencyKey
{
    private const int LengthMax = 255;

    public static readonly Rejection Rejection = new(
        Problems.InvalidRequest,
        $"Idempotency-Key is one value of 1 to {LengthMax} characters.",
        Param: "Idempotency-Key"
    );

    /// <summary>False: the header is unusable. The value is null when there is none.</summary>
    public static bool TryRead(HttpRequest request, out UInt128? key)
    {
        key = null;
        if (!request.Headers.TryGetValue("Idempotency-Key", out var values))
            return true;
        if (values.Count != 1 || values[0] is not { Length: > 0 and <= LengthMax } text)
            return false;
        key = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return true;
    }
}
