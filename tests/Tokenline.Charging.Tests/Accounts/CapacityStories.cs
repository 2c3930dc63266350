namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Capacity that was bought raises limits of the account, stacks, and ends. See <see cref="Story"/> for how to read the tables.</summary>
public sealed class CapacityStories
{
    [Fact]
    public void Calls_at_once_that_were_bought_come_on_top_of_the_account_s_own_and_end_with_their_bucket() =>
        Story.Play(
            """
            grant plan 1000000                                                      -> ok
            limit account at-once 1 requests running                                -> ok; raised account/at-once 0
            hold a in 1 out 1                                                       -> granted 1
            hold b in 1 out 1                                                       -> refused concurrency_limit_reached by account/at-once
            grant two 2 type capacity unit call-at-once until 2026-01-20T00:00      -> ok; raised account/at-once 2
            hold b in 1 out 1                                                       -> granted 1
            hold c in 1 out 1                                                       -> granted 1
            hold d in 1 out 1                                                       -> refused concurrency_limit_reached by account/at-once
            grant one 1 type capacity unit call-at-once                             -> ok; raised account/at-once 3
            hold d in 1 out 1                                                       -> granted 1; limit account/at-once 0/4; two 2/0/0
            hold e in 1 out 1                                                       -> refused concurrency_limit_reached by account/at-once
            time 2026-01-20T00:00                                                   -> ok; raised account/at-once 1; limit account/at-once 0/4; two 0/0/0/2
            settle a in 1 out 1                                                     -> done
            settle b in 1 out 1                                                     -> done
            hold e in 1 out 1                                                       -> refused concurrency_limit_reached by account/at-once
            settle c in 1 out 1                                                     -> done; limit account/at-once 0/1
            hold e in 1 out 1                                                       -> granted 1
            void one                                                                -> ok; raised account/at-once 0
            settle e in 1 out 1                                                     -> done
            hold f in 1 out 1                                                       -> refused concurrency_limit_reached by account/at-once
            settle d in 1 out 1                                                     -> done
            hold f in 1 out 1                                                       -> granted 1
            """
        );

    [Fact]
    public void A_limit_that_is_as_large_as_it_can_be_is_raised_no_further() =>
        Story.Play(
            """
            grant plan 1000000                                                      -> ok
            limit account tpm 9223372036854775807 tokens rolling 60s                -> ok
            limit account at-once 9223372036854775806 requests running              -> ok
            grant tokens 9000000000000 type capacity unit token-per-minute          -> ok
            grant calls 9000000000000 type capacity unit call-at-once               -> ok
            hold a in 1 out 1                                                       -> granted 1
            hold b in 1 out 1                                                       -> granted 1
            """
        );

    [Fact]
    public void Calls_and_tokens_a_minute_that_were_bought_raise_the_account_s_rates_and_no_other_window() =>
        Story.Play(
            """
            grant plan 1000000                                           -> ok
            limit account rpm 2 requests rolling 60s                     -> ok
            limit account tpm 1000 tokens rolling 60s                    -> ok
            limit account day 4 requests day UTC                         -> ok
            grant calls 2 type capacity unit request-per-minute          -> ok; raised account/rpm 2; raised account/tpm 0; raised account/day 0
            hold a in 1 out 1                                            -> granted 1
            hold b in 1 out 1                                            -> granted 1
            hold c in 1 out 1                                            -> granted 1
            hold d in 1 out 1 estimate 995                               -> refused rate_limit_exceeded by account/tpm
            grant tokens 500 type capacity unit token-per-minute         -> ok; raised account/tpm 500
            hold d in 1 out 1 estimate 995                               -> granted 1
            hold e in 1 out 1 estimate 1                                 -> refused window_limit_reached by account/day
            time 2026-01-11T04:00                                        -> ok
            hold f in 1 out 1 estimate 1501                              -> refused rate_limit_exceeded by account/tpm until never
            hold f in 1 out 1 estimate 1500                              -> granted 1
            hold g in 1 out 1 estimate 1                                 -> refused rate_limit_exceeded by account/tpm until 2026-01-11T04:01:01
            """
        );

    [Fact]
    public void Limits_of_a_member_or_of_some_models_are_not_raised_and_capacity_pays_for_nothing() =>
        Story.Play(
            """
            grant more 9 type capacity unit call-at-once                 -> ok
            hold z in 1 out 1                                            -> refused insufficient_quota
            grant plan 1000000                                           -> ok
            limit account m-at-once 1 requests running models m          -> ok; raised account/m-at-once 0
            node ann                                                     -> ok
            limit ann at-once 1 requests running                         -> ok; raised ann/at-once 0
            hold a in 1 out 1 by ann                                     -> granted 1
            hold b in 1 out 1 by ann model cheap                         -> refused concurrency_limit_reached by ann/at-once
            hold b in 1 out 1                                            -> refused concurrency_limit_reached by account/m-at-once
            """
        );

    [Fact]
    public void What_could_raise_nothing_is_refused_when_it_is_granted() =>
        Story.Play(
            """
            grant odd 5 type capacity                                    -> refused invalid_request_error
            grant odd 5 type plan unit call-at-once                      -> refused invalid_request_error
            grant odd 5 type capacity unit call-at-once models m         -> refused invalid_request_error
            grant odd 5 type capacity unit call-at-once blocker          -> refused invalid_request_error
            grant odd 5 type capacity unit call-at-once window w 1 requests day UTC -> refused invalid_request_error
            """
        );
}
