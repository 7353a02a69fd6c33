#!/usr/bin/env escript
%% Erlang/OTP's side of benchmarks/supervision.py: a gen_server under a supervisor. A line in asks for a measurement
%% (`ask 300`), a line out has its figures: microseconds, for `tell` thousands a second.
-module(otp).
-mode(compile).
-export([main/1, init/1, start_echo/1, handle_call/3, handle_cast/2]).

main(_) ->
    logger:set_primary_config(level, none),
    {ok, _} = supervisor:start_link({local, root}, ?MODULE, root),
    loop().

loop() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            [Verb, Times] = string:lexemes(string:trim(Line), " "),
            Figures = measure(list_to_atom(Verb), list_to_integer(Times)),
            io:put_chars(lists:join(" ", [io_lib:format("~.4f", [F * 1.0]) || F <- Figures])),
            io:nl(),
            loop()
    end.

measure(ask, Times) -> [median([timed(fun() -> gen_server:call(echo, 1) end) || _ <- lists:seq(1, Times)])];
measure(tell, Times) -> burst(Times);
measure(live, Times) ->
    {Starts, Stops} = lists:unzip([live() || _ <- lists:seq(1, Times)]),
    [median(Starts), median(Stops)];
measure(more, Children) ->
    populate(proplists:get_value(active, supervisor:count_children(root)), Children + 1),
    {Starts, _} = lists:unzip([live() || _ <- lists:seq(1, 50)]),
    [median(Starts)];
measure(crash, Times) -> [median([timed(fun crash/0) || _ <- lists:seq(1, Times)])].

burst(Times) ->
    Sent = timed(fun() -> tell(Times) end),
    Handled = Sent + timed(fun() -> gen_server:call(echo, 1) end),
    [Times / Sent * 1000, Times / Handled * 1000].

populate(Have, Want) when Have >= Want -> ok;
populate(Have, Want) -> {ok, _} = supervisor:start_child(root, child({crowd, Have})), populate(Have + 1, Want).

tell(0) -> ok;
tell(Times) -> gen_server:cast(echo, 1), tell(Times - 1).

live() ->
    Start = timed(fun() -> {ok, _} = supervisor:start_child(root, child(other)), gen_server:call(other, 1) end),
    Stop = timed(fun() -> supervisor:terminate_child(root, other), supervisor:delete_child(root, other) end),
    {Start, Stop}.

crash() ->
    Crashed = whereis(echo),
    gen_server:cast(echo, crash),
    await_other(Crashed),
    gen_server:call(echo, 1).

await_other(Crashed) ->
    case whereis(echo) of
        Pid when is_pid(Pid), Pid =/= Crashed -> ok;
        _ -> erlang:yield(), await_other(Crashed)
    end.

timed(Action) ->
    Began = erlang:monotonic_time(nanosecond),
    Action(),
    (erlang:monotonic_time(nanosecond) - Began) / 1000.

median(Values) -> lists:nth((length(Values) + 1) div 2, lists:sort(Values)).

child(Name) -> #{id => Name, start => {?MODULE, start_echo, [Name]}}.

start_echo({crowd, _}) -> gen_server:start_link(?MODULE, echo, []);
start_echo(Name) -> gen_server:start_link({local, Name}, ?MODULE, echo, []).

init(root) -> {ok, {#{intensity => 1000000, period => 1}, [child(echo)]}};
init(echo) -> {ok, nothing}.

handle_call(Message, _From, State) -> {reply, Message, State}.

handle_cast(crash, _State) -> exit(on_purpose);
handle_cast(_, State) -> {noreply, State}.
