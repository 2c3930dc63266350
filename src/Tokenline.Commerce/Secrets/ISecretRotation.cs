namespace Tokenline.Commerce.Secrets;

/// <summary>A key under which secrets are sealed, as it is shown: never the key itself.</summary>
/// <param name="Id">Tells it from others, and nothing about it. <c>first</c>: what was sealed before keys had numbers.</param>
/// <param name="MadeAt">Null: with the installation, or it is not here.</param>
/// <param name="IsHere">The key file of the node that was asked holds it.</param>
/// <param name="Seals">What is written now is sealed under it.</param>
/// <param name="Sealed">How many secrets are sealed under it.</param>
public sealed record SealingKey(string Id, DateTimeOffset? MadeAt, bool IsHere, bool Seals, long Sealed)
{
    /// <summary>Without it something does not open.</summary>
    public bool IsNeeded => Seals || Sealed > 0;
}

/// <param name="NodesBehind">Nodes that do not know the newest key, or do not seal under it yet, in words.</param>
public sealed record SecretState(IReadOnlyList<SealingKey> Keys, IReadOnlyList<string> NodesBehind);

/// <summary>What a step of a rotation has done, and what is left.</summary>
/// <param name="Key">What everything is to be sealed under.</param>
/// <param name="Resealed">In this step.</param>
/// <param name="Remaining">Sealed under other keys at this moment; nodes that are behind may add to it.</param>
/// <param name="Unreadable">Of these, what no key here opens: by name, the first few.</param>
/// <param name="NodesBehind">Nodes that do not seal under it yet; they follow within seconds.</param>
public sealed record RotationStep(
    string Key,
    int Resealed,
    long Remaining,
    IReadOnlyList<string> Unreadable,
    IReadOnlyList<string> NodesBehind
)
{
    public bool IsDone => Remaining == 0 && NodesBehind.Count == 0;
}

/// <summary>
/// Seals everything under the newest key of the key file, while calls go on. A step does a bounded part of it and may be taken again at any time, on any node: what is
/// sealed under the newest key is left as it is, and what is not yet still opens under its own.
/// </summary>
public interface ISecretRotation
{
    Task<SecretState> StateAsync(CancellationToken cancellation);

    /// <summary>Refused while a live node does not know the newest key: nothing is sealed under it then.</summary>
    Task<Outcome<RotationStep>> StepAsync(CancellationToken cancellation);
}
