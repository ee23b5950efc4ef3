// A server of pitaya for the tests of `cargo nano`: the option `-ws` chooses WebSocket in place of TCP.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/topfreegames/pitaya/v2"
	"github.com/topfreegames/pitaya/v2/acceptor"
	"github.com/topfreegames/pitaya/v2/component"
	"github.com/topfreegames/pitaya/v2/config"
)

// Room answers as the rooms of the other peers do.
type Room struct {
	component.Base
	app pitaya.Pitaya
}

// Join is the message of `chat.room.join`.
type Join struct {
	Name string `json:"name"`
}

// Joined is its reply.
type Joined struct {
	Name string `json:"name"`
	Long string `json:"long,omitempty"`
}

// Join tells the caller by a push, and replies.
func (r *Room) Join(ctx context.Context, m *Join) (*Joined, error) {
	s := r.app.GetSessionFromCtx(ctx)
	if err := s.Push("onJoined", m); err != nil {
		return nil, err
	}
	return &Joined{Name: m.Name}, nil
}

// Shout tells the caller by a push alone.
func (r *Room) Shout(ctx context.Context, m *Join) {
	r.app.GetSessionFromCtx(ctx).Push("onJoined", m)
}

// Full fails with a code.
func (*Room) Full(ctx context.Context, m *Join) (*Joined, error) {
	return nil, pitaya.Error(errors.New("the room is full"), "room_full", map[string]string{"seats": "8"})
}

// Long replies with a text that pitaya compresses.
func (*Room) Long(ctx context.Context, m *Join) (*Joined, error) {
	return &Joined{Name: m.Name, Long: strings.Repeat("long ", 2000)}, nil
}

func main() {
	isWebSocket := len(os.Args) > 1 && os.Args[1] == "-ws"
	address := freeAddress()
	builder := pitaya.NewDefaultBuilder(true, "chat", pitaya.Standalone, map[string]string{}, *config.NewDefaultPitayaConfig())
	url := "tcp://" + address
	if isWebSocket {
		builder.AddAcceptor(acceptor.NewWSAcceptor(address))
		url = "ws://" + address
	} else {
		builder.AddAcceptor(acceptor.NewTCPAcceptor(address))
	}
	app := builder.Build()
	app.Register(&Room{app: app}, component.WithName("room"), component.WithNameFunc(strings.ToLower))
	// With a dictionary of some length pitaya compresses its handshake.
	codes := map[string]uint16{"chat.room.join": 1, "onJoined": 2}
	for code := uint16(3); code < 100; code++ {
		codes[fmt.Sprintf("chat.room.other%d", code)] = code
	}
	if err := app.SetDictionary(codes); err != nil {
		panic(err)
	}
	go announce(address, url)
	go endWithParent()
	app.Start()
}

func freeAddress() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// announce prints the URL once somebody listens there.
func announce(address, url string) {
	for {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			fmt.Println(url)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// endWithParent ends the process when its standard input is closed.
func endWithParent() {
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
