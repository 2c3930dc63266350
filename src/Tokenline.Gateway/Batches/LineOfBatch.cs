using Microsoft.AspNetCore.Http;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Batches;

/// <summary>Makes a call the line of a batch: who it is for, the name under which its charge is recognised, and the price of batches.</summary>
/// <param name="Name">No header of a client can be the same: it is a hash of bytes that no header may hold.</param>
/// <param name="Charge">On record before the call begins, so that what was charged is known whatever happens.</param>
internal sealed record LineOfBatch(KeyRights Key, UInt128 Name, ChargeId Charge)
{
    public static LineOfBatch? Of(HttpContext context) => context.Features.Get<LineOfBatch>();

    /// <summary>Once the body is read. Null: it may be run.</summary>
    public Rejection? Take(Call call)
    {
        if (call.Request.Stream)
            return new(Problems.InvalidRequest, "A line of a batch cannot be streamed.", "stream");
        if (call.Request.Service != ServiceClass.Standard)
            return new(Problems.InvalidRequest, "A line of a batch has no other service tier.", "service_tier");
        call.Request.Service = ServiceClass.Batch;
        return null;
    }
}

/// <summary>Marks the endpoints that lines of batches may be for.</summary>
internal sealed class TakesBatchLines
{
    public static readonly TakesBatchLines Mark = new();
}
