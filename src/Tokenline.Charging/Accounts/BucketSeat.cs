namespace Tokenline.Charging.Accounts;

/// <summary>The seat of a plan by the seat that a bucket belongs to.</summary>
/// <param name="Number">Within its product.</param>
/// <param name="Holder">
/// The node whose calls it pays, with those of the nodes under it; the account itself: calls of no node and of keys right under it. Null: nobody has the seat, and it
/// pays nothing.
/// </param>
public readonly record struct BucketSeat(int Number, AllotmentId? Holder);
