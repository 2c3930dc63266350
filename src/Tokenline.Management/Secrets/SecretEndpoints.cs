using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce.Secrets;
using Tokenline.Management.Api;

namespace Tokenline.Management.Secrets;

/// <param name="Here">The key file of the node that answers holds it.</param>
/// <param name="Seals">What is written now is sealed under it.</param>
/// <param name="Sealed">How many secrets are sealed under it.</param>
/// <param name="Needed">Without it something does not open.</param>
public sealed record SealingKeyBody(string Id, DateTimeOffset? MadeAt, bool Here, bool Seals, long Sealed, bool Needed)
{
    internal static SealingKeyBody Of(SealingKey key) => new(key.Id, key.MadeAt, key.IsHere, key.Seals, key.Sealed, key.IsNeeded);
}

/// <param name="NodesBehind">Nodes that do not know the newest key, or do not seal under it yet.</param>
public sealed record SecretStateBody(IReadOnlyList<SealingKeyBody> Items, IReadOnlyList<string> NodesBehind);

/// <param name="Key">What everything is to be sealed under.</param>
/// <param name="Resealed">In this step.</param>
/// <param name="Remaining">Sealed under other keys still.</param>
/// <param name="Unreadable">What no key here opens, by name; the first few.</param>
/// <param name="Done">Everything is, on every node.</param>
public sealed record RotationStepBody(
    string Key,
    int Resealed,
    long Remaining,
    IReadOnlyList<string> Unreadable,
    IReadOnlyList<string> NodesBehind,
    bool Done
);

internal static class SecretEndpoints
{
    private const string Tag = "Secrets";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/secrets", ShowAsync)
            .Produces<SecretStateBody>()
            .Documented(
                Tag,
                "List the keys that secrets are sealed under",
                "By their numbers, never the keys themselves; and how much needs each."
            );
        api.MapPost("/secrets/rotation", StepAsync)
            .Produces<RotationStepBody>()
            .Documented(
                Tag,
                "Go on sealing everything under the newest key",
                "A bounded part of it: again until `done`. Refused while a node does not know the key; then nothing has changed.",
                Problems.WrongState
            );
    }

    private static async Task<IResult> ShowAsync(ISecretRotation rotation, CancellationToken cancellation)
    {
        var state = await rotation.StateAsync(cancellation);
        return TypedResults.Ok(new SecretStateBody([.. state.Keys.Select(SealingKeyBody.Of)], state.NodesBehind));
    }

    private static async Task<IResult> StepAsync(ISecretRotation rotation, CancellationToken cancellation) =>
        ApiResult.Of(
            await rotation.StepAsync(cancellation),
            step => new RotationStepBody(step.Key, step.Resealed, step.Remaining, step.Unreadable, step.NodesBehind, step.IsDone)
        );
}
